/* A single-page app: the page of the lamp brings its own data a moment later, the page about us brings none. */
const data = document.getElementById('product');
const lamp = { '@type': 'Product', sku: 'lamp-1', name: 'Lamp', offers: { price: 20 } };

document.querySelector('nav').addEventListener('click', (event) => {
  event.preventDefault();
  history.pushState(null, '', event.target.href);
  if (location.search === '?product=lamp')
    requestAnimationFrame(() => (data.textContent = JSON.stringify(lamp)));
});
