// Owns what script adds to pages that are complete without it: revealing a password, one submission per form,
// and the focus on the first problem.

for (const button of document.querySelectorAll('button[data-reveals]')) {
  const input = document.getElementById(button.dataset.reveals);
  const reveal = (shown) => {
    input.type = shown ? 'text' : 'password';
    button.classList.toggle('revealing', shown);
    button.ariaLabel = button.title = shown ? button.dataset.hide : button.dataset.show;
  };
  reveal(false);
  button.hidden = false;
  button.addEventListener('click', () => reveal(input.type === 'password'));
  // A password manager saves only what was sent from a password field.
  input.form.addEventListener('submit', () => reveal(false));
}

const release = () => {
  for (const form of document.forms) form.ariaBusy = null;
};

for (const form of document.forms) {
  form.addEventListener('submit', (event) => {
    if (form.ariaBusy) return event.preventDefault();
    // The button isn't disabled: a disabled button's name and value would not be sent.
    form.ariaBusy = 'true';
    // Someone may have stopped the loading and wants to try again.
    setTimeout(release, 10_000);
  });
}
addEventListener('pageshow', release);

// Where a field is to be typed again it has the focus already, and names its error.
if (!document.querySelector('[autofocus]')) document.querySelector('[role="alert"]')?.focus();
