const tip = document.getElementById('tip');
const marks = [...document.querySelectorAll('mark')];
const count = document.getElementById('count');
const percent = x => (100 * x).toFixed(x > .995 && x < 1 ? 1 : 0) + ' %';

function row(text, share) {
  const tr = document.createElement('tr');
  for (const value of [text || '(nothing)', percent(share)]) tr.appendChild(document.createElement('td')).textContent = value;
  return tr;
}

function show(mark) {
  tip.textContent = '';
  tip.appendChild(document.createElement('del')).textContent = mark.dataset.before;
  const table = tip.appendChild(document.createElement('table'));
  table.append(row(mark.textContent, mark.dataset.sure), ...JSON.parse(mark.dataset.or || '[]').map(([text, share]) => row(text, share)));
  tip.hidden = false;
  const at = mark.getClientRects()[0] || mark.getBoundingClientRect();
  tip.style.left = Math.max(8, Math.min(at.left, innerWidth - tip.offsetWidth - 16)) + scrollX + 'px';
  const below = at.bottom + tip.offsetHeight + 8 < innerHeight;
  tip.style.top = scrollY + (below ? at.bottom + 4 : at.top - tip.offsetHeight - 4) + 'px';
}

function filter() {
  const is = name => document.getElementById(name).checked;
  const [names, numbers, unsure] = ['names', 'numbers', 'unsure'].map(is);
  let shown = 0;
  for (const mark of marks) {
    const out = names && !mark.classList.contains('name') || numbers && !mark.classList.contains('number')
      || unsure && mark.dataset.sure >= .9;
    mark.classList.toggle('out', out);
    mark.tabIndex = out ? -1 : 0;
    shown += !out;
  }
  count.textContent = `${shown} of ${marks.length} changes`;
}

function step(by) {
  const open = marks.filter(mark => !mark.classList.contains('out'));
  if (!open.length) return;
  const at = open.indexOf(document.activeElement);
  const next = open[at < 0 ? (by > 0 ? 0 : open.length - 1) : (at + by + open.length) % open.length];
  next.focus();
  // A page that is not in front gets no event of it.
  show(next);
}

document.addEventListener('mouseover', e => e.target.tagName === 'MARK' ? show(e.target) : tip.contains(e.target) || (tip.hidden = true));
document.addEventListener('focusin', e => e.target.tagName === 'MARK' ? show(e.target) : tip.hidden = true);
document.addEventListener('click', e => e.target.tagName === 'MARK' && show(e.target));
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === 'n') step(1); else if (e.key === 'p') step(-1); else if (e.key === 'Escape') tip.hidden = true;
});
document.querySelector('form').addEventListener('input', filter);
filter();
