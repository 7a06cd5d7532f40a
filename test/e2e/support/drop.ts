import type { Locator, Page } from 'playwright/test';

/**
 * Drops files and folders of the disk onto an element.
 *
 * Chromium: a real drag through the DevTools protocol, with real directory entries and handles. Firefox has no such
 * command and its WebDriver refuses folders, so there the page gets the real files through a scratch input, and a
 * drop event whose entries are rebuilt from their paths: same interface, `readEntries` in batches of 100 as the
 * browser gives them.
 */
export async function drop(
  page: Page,
  browserName: string,
  target: Locator,
  paths: readonly string[],
  filesBelow: (path: string) => readonly string[],
): Promise<void> {
  await target.scrollIntoViewIfNeeded();
  if (browserName === 'chromium') {
    const box = await target.boundingBox();
    if (!box) throw new Error('The drop target is not on screen.');
    const session = await page.context().newCDPSession(page);
    const data = { items: [], files: [...paths], dragOperationsMask: 1 };
    const point = { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 200) };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, ...point, data });
    }
    await session.detach();
    return;
  }
  const tops: { name: string; relative: string[] | undefined; first: number }[] = [];
  const all: string[] = [];
  for (const path of paths) {
    const below = filesBelow(path);
    const name = path.slice(path.lastIndexOf('/') + 1);
    tops.push({ name, relative: below.length ? [...below] : undefined, first: all.length });
    all.push(...(below.length ? below.map(file => `${path}/${file}`) : [path]));
  }
  await page.evaluate(() => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.id = 'scratch-input';
    document.body.append(input);
  });
  await page.setInputFiles('#scratch-input', all, { timeout: 120_000 });
  await target.evaluate((element, dropped) => {
    const input = document.querySelector<HTMLInputElement>('#scratch-input')!;
    const files = [...(input.files ?? [])];
    input.remove();

    interface Folder {
      name: string;
      children: Map<string, Folder | File>;
    }
    const fileEntry = (name: string, file: File, fullPath: string) => ({
      isFile: true,
      isDirectory: false,
      name,
      fullPath,
      file: (done: (file: File) => void) => done(file),
    });
    const folderEntry = (folder: Folder, fullPath: string): object => ({
      isFile: false,
      isDirectory: true,
      name: folder.name,
      fullPath,
      createReader: () => {
        const left = [...folder.children];
        return {
          readEntries: (done: (batch: object[]) => void) =>
            done(
              left
                .splice(0, 100)
                .map(([name, child]) =>
                  child instanceof File
                    ? fileEntry(name, child, `${fullPath}/${name}`)
                    : folderEntry(child, `${fullPath}/${name}`),
                ),
            ),
        };
      },
    });
    const entries = dropped.map(({ name, relative, first }) => {
      if (!relative) return fileEntry(name, files[first]!, `/${name}`);
      const top: Folder = { name, children: new Map() };
      relative.forEach((path, offset) => {
        const segments = path.split('/');
        let folder = top;
        for (const segment of segments.slice(0, -1)) {
          let next = folder.children.get(segment);
          if (!next || next instanceof File) {
            next = { name: segment, children: new Map() };
            folder.children.set(segment, next);
          }
          folder = next;
        }
        folder.children.set(segments.at(-1)!, files[first + offset]!);
      });
      return folderEntry(top, `/${name}`);
    });
    const dataTransfer = {
      types: ['Files'],
      dropEffect: 'none',
      effectAllowed: 'all',
      files: [] as File[],
      items: entries.map(entry => ({
        kind: 'file',
        type: '',
        webkitGetAsEntry: () => entry,
        getAsFile: () => null,
      })),
      getData: () => '',
      setData: () => {},
    };
    for (const type of ['dragenter', 'dragover', 'drop']) {
      const event = new DragEvent(type, { bubbles: true, cancelable: true, composed: true });
      Object.defineProperty(event, 'dataTransfer', { value: dataTransfer });
      element.dispatchEvent(event);
    }
  }, tops);
}
