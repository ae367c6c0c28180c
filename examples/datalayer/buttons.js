const on = (id, run) => document.getElementById(id).addEventListener('click', run);
const answer = (storage, personal) =>
  gtag('consent', 'update', { analytics_storage: storage, ad_personalization: personal });

on('agree', () => answer('granted', 'granted'));
on('measure', () => answer('granted', 'denied'));
on('refuse', () => answer('denied', 'denied'));
on('add', () =>
  dataLayer.push({
    event: 'add_to_cart',
    ecommerce: { currency: 'EUR', items: [{ ...tent, quantity: 1 }] },
  }),
);
on('buy', () =>
  gtag('event', 'purchase', {
    transaction_id: 'order-1',
    currency: 'EUR',
    value: 99,
    items: [{ ...tent, quantity: 1 }],
  }),
);
