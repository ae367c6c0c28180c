/* Calls work before and after the script has loaded. */
const lamp = { product_id: 'lamp-1', name: 'Lamp', category: 'lamps', price: 20, quantity: 1 };
const on = (id, run) => document.getElementById(id).addEventListener('click', run);

on('add', () => cresset('cart.add', lamp, { currency: 'EUR' }));
on('buy', () => {
  cresset('checkout', { value: 20, currency: 'EUR', products: [lamp] });
  cresset('purchase', {
    order_id: `order-${Date.now()}`,
    total: 20,
    currency: 'EUR',
    products: [lamp],
  });
});
on('sign-in', () => cresset('identify', document.getElementById('user').value, { plan: 'free' }));
on('sign-out', () => cresset('reset'));

/* Navigation without a load: the page view comes by itself. */
document.querySelector('nav').addEventListener('click', (event) => {
  if (!(event.target instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  history.pushState(null, '', event.target.href);
  document.title = event.target.textContent;
});
