// Owns the way on from a log-out: as soon as every application's frame has loaded, or has had its time.

const { href } = document.getElementById('go-on');
const goOn = () => location.replace(href);

if (document.readyState === 'complete') goOn();
else {
  // The page has loaded when its frames have.
  addEventListener('load', goOn);
  setTimeout(goOn, 4000);
}
