// Runs before the first paint, so that neither theme nor language flickers; a file, because inline scripts are forbidden.
(() => {
  const page = document.documentElement;
  const theme = localStorage.getItem("emergence.theme");
  if (theme === "light" || theme === "dark") page.dataset.theme = theme;
  const language = localStorage.getItem("emergence.language") ?? navigator.language.slice(0, 2);
  page.lang = language === "fr" ? "fr" : "en";
})();
