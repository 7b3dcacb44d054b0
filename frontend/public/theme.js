// Runs before the first paint, so that a dark page never flashes white and a screen reader hears the right language.
(function () {
  try {
    var root = document.documentElement;
    var theme = localStorage.getItem("parlor.theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    var lang = localStorage.getItem("parlor.language");
    if (lang === "en") root.lang = "en";
  } catch (error) {
    // Storage is switched off: the system's theme and the default language it is.
  }
})();
