const pages = [
  ['/', 'A bucket'],
  ['/platforms/', 'Platforms'],
  ['/form/', 'In a form'],
  ['/downloads/', 'Downloads'],
  ['/react/', 'React'],
  ['/vue/', 'Vue'],
  ['/uppy/', 'Uppy'],
  ['/faults/', 'Faults'],
  ['/rows/', 'A million rows'],
  ['/strict/', 'Strict page'],
] as const;

/** Puts the site's header on top of the page and marks where we are. `?scheme=dark` fixes the colours. */
export function addHeader(): void {
  const scheme = new URLSearchParams(location.search).get('scheme');
  if (scheme === 'dark' || scheme === 'light') document.documentElement.dataset.scheme = scheme;
  if (new URLSearchParams(location.search).get('dir') === 'rtl') document.documentElement.dir = 'rtl';

  const header = document.createElement('header');
  header.className = 'site-header';
  const title = document.createElement('strong');
  title.textContent = 'file-transfer-elements';
  const nav = document.createElement('nav');
  nav.setAttribute('aria-label', 'Demo pages');
  for (const [href, text] of pages) {
    const link = document.createElement('a');
    link.href = href;
    link.textContent = text;
    if (location.pathname === href || location.pathname === `${href}index.html`) {
      link.setAttribute('aria-current', 'page');
    }
    nav.append(link);
  }
  header.append(title, nav);
  document.body.prepend(header);
}
