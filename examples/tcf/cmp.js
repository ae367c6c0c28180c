/* The least platform that speaks IAB's TCF API: it asks at each load, and tells its listeners what was answered. */
window.cmp = {
  listeners: new Map(),
  next: 1,
  status: 'cmpuishown',
  purposes: {},
  data: (listenerId) => ({
    listenerId,
    eventStatus: cmp.status,
    gdprApplies: !location.search.includes('elsewhere'),
    purpose: { consents: cmp.purposes, legitimateInterests: {} },
  }),
  answer(...agreed) {
    cmp.status = 'useractioncomplete';
    cmp.purposes = Object.fromEntries(agreed.map((purpose) => [purpose, true]));
    for (const [id, listener] of cmp.listeners) listener(cmp.data(id), true);
  },
};
window.__tcfapi = (command, version, run, id) => {
  if (command === 'addEventListener') {
    const id = cmp.next++;
    cmp.listeners.set(id, run);
    run(cmp.data(id), true);
  }
  if (command === 'removeEventListener') run(cmp.listeners.delete(id));
};
