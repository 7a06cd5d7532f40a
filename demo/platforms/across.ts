import { managerFor, type SyncPlan } from 'file-transfer-elements/transfer';
import type { Adapter } from '../../src/adapters/adapter.js';
import { action, type DemoPlatform, type PlatformPage } from './platform.js';
import { standInValues } from './stand-in.js';

/** A platform whose stand-in runs, to copy to. */
export interface Elsewhere {
  readonly platform: DemoPlatform;
  readonly environment: Readonly<Record<string, string>>;
}

/** What the other page's form would hold at its beginning. */
function valuesOf(platform: DemoPlatform, environment: Elsewhere['environment']): Record<string, string> {
  const given = standInValues(environment);
  return Object.fromEntries(platform.fields.map(({ name, value }) => [name, given[name] ?? value ?? '']));
}

interface PickerWindow {
  showDirectoryPicker?(options: { mode: 'readwrite' }): Promise<FileSystemDirectoryHandle>;
}

/** Nothing is removed here, so the side that was written to may hold more than the other. */
const ended = {
  storage: 'All files of the directory are in this folder now.',
  directory: 'All files of this folder are in the directory now.',
};

/** Controls that copy to another platform, and that make this folder hold what a directory of the person's holds. */
export function acrossControls(
  adapter: Adapter,
  elsewhere: readonly Elsewhere[],
  page: PlatformPage,
): readonly HTMLElement[] {
  const manager = managerFor(adapter);
  const controls: HTMLElement[] = [];
  if (adapter.resolveDownload && elsewhere.length > 0) {
    const label = document.createElement('label');
    const choice = document.createElement('select');
    for (const [index, { platform }] of elsewhere.entries()) {
      choice.add(new Option(platform.title, `${index}`));
    }
    label.append('Copy what is selected to ', choice);
    const copy = action('Copy there', page, async () => {
      const paths = page.selection();
      if (paths.length === 0) return 'Select the files or folders to copy first.';
      const { platform, environment } = elsewhere[Number(choice.value)]!;
      const there = managerFor(platform.connect(valuesOf(platform, environment)));
      const { snapshot } = await manager.copy(paths, '', { to: there, conflict: 'rename' }).finished;
      return `${snapshot.files.done} of ${snapshot.files.total} files are at ${platform.title} now.`;
    });
    controls.push(label, copy);
  }
  const picker = globalThis as unknown as PickerWindow;
  if (picker.showDirectoryPicker && adapter.openUpload) {
    const steps = document.createElement('ul');
    // One place for the one plan that is shown: an older one is no longer true.
    const offer = document.createElement('span');
    const both = (heading: string, towards: 'storage' | 'directory') =>
      action(heading, page, async () => {
        const directory = await picker.showDirectoryPicker!({ mode: 'readwrite' });
        const sync =
          towards === 'storage'
            ? manager.sync(directory, page.folder())
            : manager.sync(page.folder(), directory);
        offer.replaceChildren();
        const plan = await sync.plan();
        steps.replaceChildren(...listed(plan));
        const run = action('Do this', page, async () => {
          offer.replaceChildren();
          const { state } = await sync.run().finished;
          steps.replaceChildren();
          page.refresh();
          return state === 'done' ? ended[towards] : 'Not all of it could be done.';
        });
        if (plan.create + plan.replace > 0) offer.replaceChildren(run);
        return `${plan.create} to create, ${plan.replace} to replace, ${plan.skip} are the same.`;
      });
    controls.push(
      both('Bring a directory here…', 'storage'),
      both('Bring this folder to a directory…', 'directory'),
      steps,
      offer,
    );
  }
  return controls;
}

function listed({ steps }: SyncPlan): HTMLElement[] {
  return steps.slice(0, 50).map(({ action: what, path, why }) => {
    const item = document.createElement('li');
    item.textContent = `${what} ${path} (${why})`;
    return item;
  });
}
