import 'file-transfer-elements/define';
import { connectLab } from '../shared/connect.js';
import { addHeader } from '../shared/header.js';

addHeader();

// The folder on screen is part of the page's address, so it can be linked to and survives a reload.
const browser = document.querySelector('file-browser')!;
browser.path = folderInAddress();
browser.addEventListener('path-change', () => {
  const hash = `#${browser.path.split('/').map(encodeURIComponent).join('/')}`;
  if (hash !== location.hash) history.pushState(null, '', hash);
});
addEventListener('popstate', () => {
  browser.path = folderInAddress();
});

/** A hash that somebody typed need not be well-formed; then it shows what it says. */
function folderInAddress(): string {
  const hash = location.hash.slice(1);
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

await connectLab();
