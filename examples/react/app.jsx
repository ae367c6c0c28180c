import { CressetProvider, Slot, useCresset, useOffer } from 'cresset/react';
import { useState } from 'react';

const tent = { product_id: 'tent-1', name: 'Tent', price: 99 };

/** An offer that the app shows in its own way. `ref` reports that it was seen and clicked. */
const Sidebar = () => {
  const { decision, loading, ref } = useOffer('sidebar');
  const offer = decision?.offer;
  return (
    <aside ref={ref} aria-busy={loading}>
      {offer?.kind === 'text' ? <em>{offer.content.text}</em> : 'Nothing special today.'}
    </aside>
  );
};

const AddToCart = () => {
  const cresset = useCresset();
  const [count, setCount] = useState(0);
  const add = () => {
    cresset?.cart.add(tent, { currency: 'EUR' });
    setCount(count + 1);
  };
  return <button onClick={add}>In the cart: {count}</button>;
};

/** The same on the server and in the browser: there the offers come in after hydration. */
export const App = ({ options, slots = true }) => (
  <CressetProvider options={options}>
    <h1>Cresset and React</h1>
    {slots && (
      <>
        <Slot name="hero" className="hero">
          <p>Welcome. Look around.</p>
        </Slot>
        <Sidebar />
      </>
    )}
    <AddToCart />
  </CressetProvider>
);
