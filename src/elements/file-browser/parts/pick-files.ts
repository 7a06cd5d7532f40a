import { itemsFromFiles } from '../../../transfer/drop-items.js';

/**
 * Opens the browser's file chooser. Resolves to an upload source, or undefined when the person chose nothing. Must be
 * called while the person's click still counts.
 */
export function pickFiles(directory: boolean): Promise<unknown> {
  return new Promise(resolve => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.webkitdirectory = directory;
    input.addEventListener('cancel', () => resolve(undefined), { once: true });
    input.addEventListener(
      'change',
      () => resolve(input.files?.length ? itemsFromFiles(input.files) : undefined),
      { once: true },
    );
    input.click();
  });
}

/** Writes text that may still be on its way to the clipboard, within the person's gesture. */
export async function copyText(text: Promise<string>): Promise<void> {
  if (typeof ClipboardItem === 'function' && navigator.clipboard?.write) {
    const blob = text.then(value => new Blob([value], { type: 'text/plain' }));
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })]);
    return;
  }
  await navigator.clipboard.writeText(await text);
}
