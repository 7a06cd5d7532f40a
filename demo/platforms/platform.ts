import { managerFor } from 'file-transfer-elements/transfer';
import type { Adapter } from '../../src/adapters/adapter.js';
import { addressFrom, nameAt, wordsOf } from './words.js';

/** A field of the form that connects a platform. Values stay in the page's memory. */
export interface ConnectField {
  readonly name: string;
  readonly label: string;
  readonly secret?: boolean;
  /** Filled in at the beginning. */
  readonly value?: string;
}

/** What a platform's own controls may use of the page around them. */
export interface PlatformPage {
  readonly signal: AbortSignal;
  /** The folder that is shown, ending in `/`, or empty. */
  folder(): string;
  /** Paths of what is chosen. */
  selection(): readonly string[];
  /** Shows a sentence to the person. */
  say(text: string): void;
  /** The listing is stale. */
  refresh(): void;
  /** Shows another bucket, record or workspace. */
  open(container: string): void;
}

/** One platform of the demo: how to connect it, and what it has beyond what the elements show. */
export interface DemoPlatform<Connected extends Adapter = Adapter> {
  readonly title: string;
  /** There is nobody to connect to: the page begins with the values of the fields. Default false. */
  readonly needsNoServer?: boolean;
  readonly fields: readonly ConnectField[];
  connect(values: Readonly<Record<string, string>>): Connected;
  /** The platform's specials, as small controls. */
  controls(adapter: Connected, page: PlatformPage): readonly HTMLElement[];
}

/** A button that does one thing, says what came of it, and cannot be pressed twice meanwhile. */
export function action(label: string, page: PlatformPage, run: () => Promise<string>): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = label;
  button.addEventListener('click', async () => {
    button.disabled = true;
    try {
      page.say(await run());
    } catch (error) {
      page.say(wordsOf(error));
    } finally {
      button.disabled = false;
    }
  });
  return button;
}

/** Lets the platform fetch an address into the folder that is shown: a job of the transfer list. */
export async function fetchHere(adapter: Adapter, page: PlatformPage, address: string): Promise<string> {
  const name = nameAt(addressFrom(address), 'fetched');
  const job = managerFor(adapter).importFromUrl([{ url: address, path: name }], { into: page.folder() });
  const { items } = await job.finished;
  const { error, result } = items.at(0)!;
  if (error) throw error;
  return `${result?.path} is stored.`;
}

/** Downloads the folder that is shown as the one ZIP that the platform makes of it. */
export const asZip = (adapter: Adapter, page: PlatformPage): HTMLButtonElement =>
  action('Download this folder as the platform’s ZIP', page, async () => {
    const job = managerFor(adapter).download([page.folder()], { archive: 'platform' });
    const { items } = await job.finished;
    const { error, result } = items.at(0)!;
    if (error) throw error;
    return `${result?.savedAs ?? 'The ZIP'} is saved.`;
  });

/** A text field with a button behind it. */
export function question(
  label: string,
  page: PlatformPage,
  run: (answer: string) => Promise<string>,
): HTMLFormElement {
  const form = document.createElement('form');
  const caption = document.createElement('label');
  const input = document.createElement('input');
  input.required = true;
  caption.append(`${label} `, input);
  const button = document.createElement('button');
  button.textContent = 'Go';
  form.append(caption, ' ', button);
  form.addEventListener('submit', async event => {
    event.preventDefault();
    button.disabled = true;
    try {
      page.say(await run(input.value.trim()));
      form.reset();
    } catch (error) {
      page.say(wordsOf(error));
    } finally {
      button.disabled = false;
    }
  });
  return form;
}
