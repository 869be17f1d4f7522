// Runs before the first paint, as a file because the content security policy allows no inline script.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem('pfa.theme');
  } catch (_) {
    choice = null; // storage can be refused; the system's theme then rules
  }
  var dark =
    choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  var meta = document.querySelector('meta[name="theme-color"]');
  if (meta) meta.setAttribute('content', dark ? '#0e1116' : '#f7f9fb');
})();
