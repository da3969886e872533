// Sets the chosen theme before anything is painted: a classic script in the head, because modules run too late.
try {
  const theme = localStorage.getItem('pulse-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden here: the system's theme it is.
}
