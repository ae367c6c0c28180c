const on = (id, run) => document.getElementById(id).addEventListener('click', run);
on('all', () => cmp.answer(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
on('measure', () => cmp.answer(1, 8));
on('none', () => cmp.answer());
