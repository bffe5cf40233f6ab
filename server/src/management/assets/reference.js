// Owns what script adds to the reference, which is complete without it: a filter, and opening what an address names.

const filter = document.querySelector('.filter');
const input = filter.querySelector('input');
const status = filter.querySelector('[role="status"]');
const sections = [...document.querySelectorAll('section.resource')].map((section) => ({
  section,
  link: document.querySelector(`nav.contents a[href="#${section.id}"]`).parentElement,
  endpoints: [...section.querySelectorAll('details')].map((details) => ({
    details,
    text: `${section.id} ${details.querySelector('summary').textContent}`.toLowerCase(),
  })),
}));

const apply = () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const { section, link, endpoints } of sections) {
    let some = 0;
    for (const { details, text } of endpoints) {
      details.hidden = !words.every((word) => text.includes(word));
      if (!details.hidden) some += 1;
    }
    section.hidden = link.hidden = some === 0;
    shown += some;
  }
  status.textContent = words.length === 0 ? '' : filter.dataset.found.replace('{count}', shown);
};

filter.hidden = false;
input.addEventListener('input', apply);
filter.addEventListener('submit', (event) => event.preventDefault());

document.addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target === input) return;
  event.preventDefault();
  input.focus();
  input.select();
});

const open = () => {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (named?.localName === 'details') named.open = true;
};
open();
addEventListener('hashchange', open);
// A browser restores what was typed when one goes back.
apply();
