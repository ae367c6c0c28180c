window.dataLayer = window.dataLayer || [];
/** As Google's own snippet has it. */
function gtag() {
  dataLayer.push(arguments);
}
gtag('consent', 'default', { analytics_storage: 'denied', ad_personalization: 'denied' });

const tent = {
  item_id: 'tent-1',
  item_name: 'Tent',
  item_category: 'outdoor',
  item_category2: 'tents',
  price: 99,
};
// By Tag Manager's way, before Cresset is there.
dataLayer.push({ event: 'view_item', ecommerce: { currency: 'EUR', value: 99, items: [tent] } });
