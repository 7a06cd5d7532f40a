import 'file-transfer-elements/define';
import { connectLab } from '../shared/connect.js';
import { addHeader } from '../shared/header.js';

addHeader();

// The folder on screen is part of the page's address, so it can be linked to and survives a reload.
const browser = document.querySelector('file-browser')!;
browser.path = decodeURIComponent(location.hash.slice(1));
browser.addEventListener('path-change', () => {
  const hash = `#${browser.path.split('/').map(encodeURIComponent).join('/')}`;
  if (hash !== location.hash) history.pushState(null, '', hash);
});
addEventListener('popstate', () => {
  browser.path = decodeURIComponent(location.hash.slice(1));
});

await connectLab();
