// Sets the chosen theme before the first paint: a classic script in the head, because modules run later.
try {
  const theme = localStorage.getItem('pulse-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is denied: the system's theme.
}
