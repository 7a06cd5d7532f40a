import { expect } from '@open-wc/testing';
import 'axe-core/axe.min.js';
import { sendKeys } from '@web/test-runner-commands';
import type { AxeResults, ElementContext, RunOptions } from 'axe-core';
import type { Adapter, Container, ContainerInput, Containers } from '../../src/adapters/adapter.js';
import { memory } from '../../src/adapters/memory/index.js';
import { TransferError } from '../../src/core/errors.js';
import type { ContainerChangeEvent } from '../../src/elements/file-browser/file-browser.events.js';
import type { FileBrowserElement } from '../../src/elements/file-browser/file-browser.js';
import '../../src/elements/upload-dropzone/upload-dropzone.define.js';
import { button, close, find, findAll, open, settled, shownNames, until } from './file-browser-support.js';

declare const axe: { run(context: ElementContext, options: RunOptions): Promise<AxeResults> };

interface Shelf {
  readonly adapter: Adapter;
  readonly calls: string[];
  readonly inputs: ContainerInput[];
  readonly held: Map<string, Container>;
  failure: TransferError | undefined;
}

const fields: Containers['fields'] = [
  { name: 'title', label: 'Title', type: 'text', required: true },
  { name: 'provider', label: 'Storage', type: 'choice', choices: ['own', 's3'], editable: false },
  { name: 'key', label: 'Key', type: 'secret', required: true, when: { field: 'provider', is: ['s3'] } },
  { name: 'about', label: 'About', type: 'multiline', hint: 'In a sentence.' },
  { name: 'weeks', label: 'Weeks', type: 'number' },
  { name: 'labels', label: 'Labels', type: 'labels' },
  { name: 'more', label: 'More', type: 'json' },
];

/** A platform with containers in memory, each with one file; `without` takes functions away. */
function shelf({
  names = ['alpha', 'beta'],
  current = 'alpha',
  without = [],
  pageSize = 10,
  options = {},
}: {
  names?: readonly string[];
  /** Null: none. */
  current?: string | null;
  without?: readonly string[];
  pageSize?: number;
  options?: Parameters<typeof memory>[0];
} = {}): Shelf {
  const calls: string[] = [];
  const inputs: ContainerInput[] = [];
  const held = new Map<string, Container>(
    names.map(name => [name, { id: name, name: `The ${name}`, labels: { kind: name.slice(0, 1) } }]),
  );
  const result: { failure: TransferError | undefined } = { failure: undefined };
  const act = (call: string) => {
    calls.push(call);
    const { failure } = result;
    result.failure = undefined;
    if (failure) throw failure;
  };
  const adapterOf = (id: string | undefined): Adapter => {
    const base = memory({
      files: id === undefined ? {} : { [`in-${id}.txt`]: id, 'deep/leaf.txt': 'leaf' },
      label: 'shelf',
      ...options,
    });
    const containers: Record<string, unknown> = {
      word: 'bucket',
      current: id,
      fields,
      async list({ token = '0', query = '', labels = {}, signal }: Parameters<Containers['list']>[0]) {
        signal.throwIfAborted();
        act(`list ${token} ${query} ${Object.entries(labels).flat().join('=')}`.trim());
        const wanted = [...held.values()].filter(
          one =>
            one.name.includes(query) &&
            Object.entries(labels).every(([name, value]) => one.labels?.[name] === value),
        );
        const from = Number(token);
        const next = from + pageSize < wanted.length ? { next: String(from + pageSize) } : {};
        return { containers: wanted.slice(from, from + pageSize), ...next };
      },
      open: (other: string) => adapterOf(other),
      async read(one: string) {
        act(`read ${one}`);
        return held.get(one) ?? { id: one, name: one };
      },
      async create(input: ContainerInput) {
        inputs.push(input);
        act('create');
        const made = { id: `new-${held.size}`, name: String(input.title) };
        held.set(made.id, made);
        return made;
      },
      async update(one: string, input: ContainerInput) {
        inputs.push(input);
        act(`update ${one}`);
        const changed = { ...held.get(one)!, ...(input.title ? { name: String(input.title) } : {}) };
        held.set(one, changed);
        return changed;
      },
      async remove(one: string) {
        act(`remove ${one}`);
        held.delete(one);
      },
    };
    const adapter: Record<string, unknown> = {
      ...base,
      containers,
      async publish() {
        act(`publish ${id}`);
        const published = {
          id: `${id}-public`,
          name: held.get(id!)!.name,
          status: 'published',
          readonlyBecause: 'It is published, so its files are frozen.',
        };
        held.set(published.id, published);
        return published;
      },
    };
    // Reading it is how an adapter learns that it is frozen.
    if (held.get(id ?? '')?.readonlyBecause)
      for (const name of ['openUpload', 'remove', 'move', 'createFolder', 'publish']) delete adapter[name];
    for (const name of without) {
      delete containers[name];
      delete adapter[name];
    }
    return adapter as unknown as Adapter;
  };
  return Object.assign(result, { adapter: adapterOf(current ?? undefined), calls, inputs, held });
}

const dialog = (element: FileBrowserElement) =>
  find<HTMLDialogElement>(element, '.container-dialog[open]') as HTMLDialogElement;
const heading = (element: FileBrowserElement) =>
  dialog(element)?.querySelector('h2')?.textContent?.trim() ?? '';
const switcher = (element: FileBrowserElement) => find(element, '.container-switch')!;
const choices = (element: FileBrowserElement) =>
  findAll(element, '.container-choice').map(one => one.querySelector('.container-name')!.textContent);

async function press(element: FileBrowserElement, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await sendKeys({ press: key });
    await settled(element);
  }
}

async function type(element: FileBrowserElement, text: string): Promise<void> {
  await sendKeys({ type: text });
  await settled(element);
}

/** Opens the dialog to choose, by the keyboard. */
async function choose(element: FileBrowserElement): Promise<void> {
  switcher(element).focus();
  await press(element, 'Enter');
  await until(() => dialog(element), 'the dialog opens');
  await until(() => find(element, '.container-list')?.ariaBusy === 'false', 'the list arrives');
  await settled(element);
}

/** Commands of the menu behind the dots. */
async function commands(element: FileBrowserElement): Promise<string[]> {
  find(element, '.container-commands')!.focus();
  await press(element, 'Enter');
  return findAll(element, '.menu-item').map(one => one.textContent!.trim());
}

async function command(element: FileBrowserElement, label: string): Promise<void> {
  const labels = await commands(element);
  const index = labels.indexOf(label);
  expect(index, labels.join()).to.be.at.least(0);
  for (let turn = 0; turn < index; turn++) await press(element, 'ArrowDown');
  await press(element, 'Enter');
  await until(() => dialog(element), 'the dialog opens');
  await settled(element);
}

async function focusField(element: FileBrowserElement, label: string): Promise<HTMLInputElement> {
  const field = [...dialog(element).querySelectorAll('label')]
    .find(one => one.textContent!.trim().startsWith(label))
    ?.closest<HTMLElement>('.field')
    ?.querySelector<HTMLInputElement>('input, select, textarea');
  if (!field) throw new Error(`There is no field “${label}”.`);
  field.focus();
  return field;
}

function events(element: FileBrowserElement): string[] {
  const seen: string[] = [];
  element.addEventListener('container-change', event => seen.push(`container ${event.detail.id}`));
  element.addEventListener('path-change', event => seen.push(`path ${event.path}`));
  return seen;
}

describe('file-browser with containers', () => {
  afterEach(close);

  it('shows nothing of it for a storage without containers', async () => {
    const element = await open();
    expect(find(element, '.container-bar')).to.equal(null);
    expect(find(element, '.container-dialog')).to.equal(null);
    expect(element.container).to.equal(undefined);
  });

  it('names the container that is shown, and switches to another one by the keyboard', async () => {
    const { adapter } = shelf();
    const element = await open({ adapter, properties: { path: 'deep/' } });
    await until(() => switcher(element).textContent!.includes('The alpha'), 'its name arrives');
    expect(element.container).to.equal('alpha');
    const seen = events(element);
    await choose(element);
    expect(heading(element)).to.equal('Which bucket?');
    expect(choices(element)).to.deep.equal(['The alpha', 'The beta']);
    expect(find(element, '.container-choice[aria-current]')!.textContent).to.include('The alpha');
    // Find, label, first, second.
    await press(element, 'Tab', 'Tab', 'Tab', 'Enter');
    await until(() => shownNames(element).includes('in-beta.txt'), 'the other container is listed');
    expect(seen).to.deep.equal(['container beta', 'path ']);
    expect(element.container).to.equal('beta');
    expect(element.path).to.equal('');
    expect(element.adapter!.containers!.current).to.equal('beta');
    expect(dialog(element)).to.equal(null);
    expect(switcher(element).textContent).to.include('The beta');
    expect(element.shadowRoot!.activeElement).to.equal(switcher(element));
  });

  it('comes back to the same adapter, so that transfers there go on', async () => {
    const { adapter } = shelf();
    const element = await open({ adapter });
    element.container = 'beta';
    await settled(element);
    const beta = element.adapter;
    expect(beta).not.to.equal(adapter);
    element.container = 'alpha';
    await settled(element);
    expect(element.adapter).to.equal(adapter);
    element.container = 'beta';
    await settled(element);
    expect(element.adapter).to.equal(beta);
  });

  it('comes back to an adapter that the page has taken functions from', async () => {
    const { remove: _, ...adapter } = shelf().adapter;
    const element = await open({ adapter });
    element.container = 'beta';
    await settled(element);
    element.container = 'alpha';
    await settled(element);
    expect(element.adapter).to.equal(adapter);
  });

  it('opens the container that the attribute names, without an event, and follows another adapter', async () => {
    const { adapter } = shelf();
    const element = await open({ adapter, properties: { container: 'beta' } });
    const seen = events(element);
    expect(shownNames(element)).to.include('in-beta.txt');
    element.container = 'alpha';
    await until(() => shownNames(element).includes('in-alpha.txt'), 'alpha is listed');
    expect(seen).to.deep.equal([]);
    element.adapter = shelf({ current: 'gamma', names: ['gamma'] }).adapter;
    await until(() => shownNames(element).includes('in-gamma.txt'), 'gamma is listed');
    expect(element.container).to.equal('gamma');
    element.adapter = memory({ files: { plain: 'x' } });
    await until(() => shownNames(element).includes('plain'), 'the plain one is listed');
    expect(find(element, '.container-bar')).to.equal(null);
  });

  it('takes a linked dropzone along', async () => {
    const { adapter } = shelf();
    const element = await open({ adapter });
    element.id = 'the-browser';
    const dropzone = document.createElement('upload-dropzone');
    dropzone.htmlFor = 'the-browser';
    element.after(dropzone);
    await dropzone.updateComplete;
    await choose(element);
    await press(element, 'Tab', 'Tab', 'Tab', 'Enter');
    await until(() => element.container === 'beta', 'it switches');
    await dropzone.updateComplete;
    const job = await dropzone.add([new File(['x'], 'added.txt')]);
    await job!.finished;
    const page = await element.adapter!.list('', { signal: new AbortController().signal });
    expect(page.entries.map(({ name }) => name)).to.include('added.txt');
  });

  it('takes a linked dropzone along when another storage follows a deleted container', async () => {
    const element = await open({ adapter: shelf().adapter });
    element.id = 'the-emptied-browser';
    const dropzone = document.createElement('upload-dropzone');
    dropzone.htmlFor = 'the-emptied-browser';
    element.after(dropzone);
    const choose = () => dropzone.shadowRoot!.querySelector<HTMLButtonElement>('button')!;
    await until(() => switcher(element).textContent!.includes('The alpha'), 'its name arrives');
    await command(element, 'Delete bucket…');
    await type(element, 'The alpha');
    await press(element, 'Enter');
    await until(() => choose().disabled, 'there is nothing to upload into');
    element.adapter = memory({ files: { plain: 'x' } });
    await until(() => !choose().disabled, 'files can be chosen');
  });

  it('loads the list page by page and filters it by words and by a label', async () => {
    const { adapter, calls } = shelf({ names: ['alpha', 'beta', 'apple', 'bread'], pageSize: 3 });
    const element = await open({ adapter });
    await choose(element);
    expect(choices(element)).to.deep.equal(['The alpha', 'The beta', 'The apple']);
    find(element, '.container-more')!.focus();
    await press(element, 'Enter');
    await until(() => choices(element).length === 4, 'the second page arrives');
    expect(find(element, '.container-more')).to.equal(null);
    await focusField(element, 'Find');
    await type(element, 'bre');
    await until(() => calls.includes('list 0 bre'), 'the storage is asked for the words');
    await until(() => choices(element).length === 1, 'the words filter');
    expect(choices(element)).to.deep.equal(['The bread']);
    await press(element, 'Backspace', 'Backspace', 'Backspace');
    await focusField(element, 'Label');
    await type(element, 'kind:a');
    await until(() => choices(element).join() === 'The alpha,The apple', 'the label filters');
    expect(calls).to.include('list 0  kind=a');
    await type(element, 'zzz');
    await until(() => dialog(element).textContent!.includes('None matches.'), 'it says that none matches');
  });

  it('says why the list could not be loaded, and tries again', async () => {
    const kit = shelf();
    const element = await open({ adapter: kit.adapter });
    await until(() => kit.calls.includes('read alpha'), 'the facts are read');
    kit.failure = new TransferError('The token is not allowed to list.', {
      kind: 'fatal',
      reason: 'forbidden',
      status: 403,
    });
    await choose(element);
    expect(find(element, '.container-problem[role="alert"]')!.textContent).to.include('not allowed to list');
    button(element, 'Try again').focus();
    await press(element, 'Enter');
    await until(() => choices(element).length === 2, 'the list arrives');
  });

  it('asks which container when none is chosen', async () => {
    const { adapter } = shelf({ current: null });
    const element = await open({ adapter });
    expect(find(element, '.message-heading')!.textContent).to.equal('No bucket chosen');
    expect(find(element, '.crumbs')).to.equal(null);
    expect(await commands(element)).to.deep.equal(['New bucket…']);
    await press(element, 'Escape');
    await choose(element);
    await press(element, 'Tab', 'Tab', 'Enter');
    await until(() => shownNames(element).includes('in-alpha.txt'), 'it is listed');
  });

  it('makes one with what its form asks for, and shows it', async () => {
    const { adapter, inputs, calls } = shelf();
    const element = await open({ adapter });
    await command(element, 'New bucket…');
    expect(heading(element)).to.equal('New bucket');
    // Nothing has been filled in.
    await press(element, 'Enter');
    expect(dialog(element).textContent).to.include('This is needed.');
    expect(calls).not.to.include('create');
    expect((element.shadowRoot!.activeElement as HTMLElement).id).to.equal('container-field-title');
    await type(element, 'Gamma');
    expect(dialog(element).textContent).not.to.include('Key');
    const provider = await focusField(element, 'Storage');
    provider.value = 's3';
    provider.dispatchEvent(new Event('change'));
    await settled(element);
    const key = await focusField(element, 'Key');
    expect(key.type).to.equal('password');
    await type(element, 's3cret');
    await focusField(element, 'Weeks');
    await type(element, 'two');
    await focusField(element, 'More');
    await type(element, '{"a": [1');
    await focusField(element, 'Labels');
    await type(element, 'team: survey');
    await focusField(element, 'Title');
    await press(element, 'Enter');
    expect(dialog(element).textContent).to.include('Write a number.');
    expect(dialog(element).textContent).to.include('This is no valid JSON.');
    const weeks = await focusField(element, 'Weeks');
    weeks.select();
    await type(element, '2');
    const more = await focusField(element, 'More');
    more.select();
    await type(element, '{"a": [1]}');
    expect(element.shadowRoot!.innerHTML).not.to.include('s3cret');
    await focusField(element, 'Title');
    await press(element, 'Enter');
    await until(() => element.container === 'new-2', 'the new one is shown');
    expect(inputs).to.deep.equal([
      {
        title: 'Gamma',
        provider: 's3',
        key: 's3cret',
        weeks: 2,
        labels: { team: 'survey' },
        more: { a: [1] },
      },
    ]);
    // The secret does not wait for the next form.
    await command(element, 'New bucket…');
    expect((await focusField(element, 'Title')).value).to.equal('');
    const again = await focusField(element, 'Storage');
    again.value = 's3';
    again.dispatchEvent(new Event('change'));
    await settled(element);
    expect((await focusField(element, 'Key')).value).to.equal('');
  });

  it('keeps the form when the platform refuses it', async () => {
    const kit = shelf();
    const element = await open({ adapter: kit.adapter });
    await command(element, 'New bucket…');
    await type(element, 'Gamma');
    kit.failure = new TransferError('The name is taken.', { kind: 'fatal', reason: 'exists', status: 409 });
    await press(element, 'Enter');
    await until(() => dialog(element).textContent!.includes('The name is taken.'), 'it says so');
    expect((await focusField(element, 'Title')).value).to.equal('Gamma');
    expect(element.container).to.equal('alpha');
  });

  it('changes only what has been changed', async () => {
    const kit = shelf();
    kit.held.set('alpha', {
      id: 'alpha',
      name: 'The alpha',
      labels: { kind: 'a' },
      extra: { provider: 's3', weeks: 3, more: { b: 1 }, about: 'Old.', key: 'never shown' },
    });
    const element = await open({ adapter: kit.adapter });
    await command(element, 'Edit bucket…');
    await until(() => kit.calls.filter(call => call === 'read alpha').length === 2, 'it is read again');
    await settled(element);
    expect(heading(element)).to.equal('Edit “The alpha”');
    expect((await focusField(element, 'Title')).value).to.equal('The alpha');
    expect((await focusField(element, 'Labels')).value).to.equal('kind: a');
    expect((await focusField(element, 'Key')).value).to.equal('');
    expect(dialog(element).textContent).not.to.include('Storage');
    const about = await focusField(element, 'About');
    about.select();
    await press(element, 'Delete');
    const weeks = await focusField(element, 'Weeks');
    weeks.select();
    await type(element, '5');
    await press(element, 'Enter');
    await until(() => !dialog(element), 'it is saved');
    expect(kit.inputs).to.deep.equal([{ about: '', weeks: 5 }]);
    expect(kit.calls).to.include('update alpha');
  });

  it('deletes only after its name has been typed, and then shows none', async () => {
    const { adapter, calls } = shelf();
    const element = await open({ adapter, properties: { path: 'deep/' } });
    await until(() => switcher(element).textContent!.includes('The alpha'), 'its name arrives');
    const seen = events(element);
    await command(element, 'Delete bucket…');
    expect(dialog(element).textContent).to.include('the files that the platform keeps in it are deleted');
    await type(element, 'The alph');
    await press(element, 'Enter');
    expect(find<HTMLButtonElement>(element, '.container-dialog .button.danger')!.disabled).to.equal(true);
    expect(calls).not.to.include('remove alpha');
    await type(element, 'a');
    await press(element, 'Enter');
    await until(() => calls.includes('remove alpha'), 'it is deleted');
    await until(() => find(element, '.message-heading'), 'it asks for another one');
    expect(find(element, '.message-heading')!.textContent).to.equal('No bucket chosen');
    expect(shownNames(element)).to.deep.equal([]);
    expect(seen).to.deep.equal(['container undefined', 'path ']);
    expect(element.container).to.equal(undefined);
    await settled(element);
    expect(element.shadowRoot!.activeElement, 'the keyboard is still here').not.to.equal(null);
    await choose(element);
    expect(choices(element)).to.deep.equal(['The beta']);
  });

  it('says before a deletion that the files stay where only the connection goes', async () => {
    const kit = shelf();
    kit.held.set('alpha', { id: 'alpha', name: 'The alpha', removalKeepsFiles: true });
    const element = await open({ adapter: kit.adapter });
    await until(() => switcher(element).textContent!.includes('The alpha'), 'its name arrives');
    await command(element, 'Delete bucket…');
    expect(dialog(element).textContent).to.include('its files stay in the storage that holds them');
    expect(dialog(element).textContent).not.to.include('for good');
  });

  it('offers neither to change nor to delete one that refuses it', async () => {
    const kit = shelf();
    kit.held.set('alpha', {
      id: 'alpha',
      name: 'The alpha',
      refuses: { update: 'It is published.', remove: 'It is published.' },
    });
    const element = await open({ adapter: kit.adapter });
    await until(() => switcher(element).textContent!.includes('The alpha'), 'its name arrives');
    await settled(element);
    find(element, '.container-commands')!.click();
    await settled(element);
    const lines = findAll(element, '.menu-item').map(line => line.textContent!.trim());
    expect(lines).to.deep.equal(['New bucket…']);
  });

  it('publishes after a question, and shows what came of it', async () => {
    const { adapter, calls } = shelf();
    const element = await open({ adapter });
    await until(() => switcher(element).textContent!.includes('The alpha'), 'its name arrives');
    const seen = events(element);
    expect(find(element, '[part~="action-upload-files"]')).not.to.equal(null);
    find(element, '.publish')!.focus();
    await press(element, 'Enter');
    expect(heading(element)).to.equal('Publish “The alpha”?');
    await press(element, 'Escape');
    expect(calls).not.to.include('publish alpha');
    find(element, '.publish')!.focus();
    await press(element, 'Enter', 'Tab', 'Enter');
    await until(() => element.container === 'alpha-public', 'the published one is shown');
    await settled(element);
    expect(seen).to.deep.equal(['container alpha-public']);
    expect(find(element, '.container-note')!.textContent).to.include('its files are frozen');
    expect(find(element, '.container-status')!.textContent).to.equal('published');
    expect(find(element, '[part~="action-upload-files"]')).to.equal(null);
    expect(find(element, '.publish')).to.equal(null);
  });

  it('opens a published one as it is now when the page goes back to its draft', async () => {
    const kit = shelf();
    const element = await open({ adapter: kit.adapter });
    await until(() => switcher(element).textContent!.includes('The alpha'), 'its name arrives');
    find(element, '.publish')!.focus();
    await press(element, 'Enter', 'Tab', 'Enter');
    await until(() => element.container === 'alpha-public', 'the published one is shown');
    kit.held.set('alpha', { id: 'alpha', name: 'The alpha', readonlyBecause: 'Its files stay frozen.' });
    element.container = 'alpha';
    await until(() => shownNames(element).includes('in-alpha.txt'), 'the draft is listed');
    await until(() => find(element, '.container-note'), 'it says why nothing can be changed');
    expect(element.adapter!.openUpload).to.equal(undefined);
    expect(find(element, '[part~="action-upload-files"]')).to.equal(null);
    expect(find(element, '.publish')).to.equal(null);
  });

  it('opens one again that the page itself has published meanwhile', async () => {
    const kit = shelf();
    const element = await open({ adapter: kit.adapter });
    await until(() => switcher(element).textContent!.includes('The alpha'), 'its name arrives');
    element.container = 'beta';
    await until(() => shownNames(element).includes('in-beta.txt'), 'the other one is listed');
    kit.held.set('alpha', { id: 'alpha', name: 'The alpha', readonlyBecause: 'Its files stay frozen.' });
    element.container = 'alpha';
    await until(() => find(element, '.container-note'), 'it says why nothing can be changed');
    expect(element.adapter!.openUpload).to.equal(undefined);
    expect(find(element, '[part~="action-upload-files"]')).to.equal(null);
  });

  for (const between of ['none', 'another']) {
    it(`shows one that was deleted and made again, with ${between} shown in between`, async () => {
      const kit = shelf();
      const element = await open({ adapter: kit.adapter });
      await until(() => switcher(element).textContent!.includes('The alpha'), 'its name arrives');
      await command(element, 'Delete bucket…');
      await type(element, 'The alpha');
      await press(element, 'Enter');
      await until(() => find(element, '.message-heading'), 'it asks for another one');
      if (between === 'another') {
        element.container = 'beta';
        await until(() => shownNames(element).includes('in-beta.txt'), 'the other one is listed');
      }
      kit.held.set('alpha', { id: 'alpha', name: 'The new alpha' });
      element.container = 'alpha';
      await until(() => shownNames(element).includes('in-alpha.txt'), 'it is listed');
      await until(() => switcher(element).textContent!.includes('The new alpha'), 'its name is read again');
      expect(element.container).to.equal('alpha');
    });
  }

  it('opens one again when reading it tells that it is frozen', async () => {
    const kit = shelf();
    const frozen = shelf({ names: [] });
    expect(frozen.adapter.openUpload).not.to.equal(undefined);
    kit.held.set('alpha', { id: 'alpha', name: 'The alpha', readonlyBecause: 'It is frozen.' });
    const seen: ContainerChangeEvent[] = [];
    const element = await open({ adapter: kit.adapter });
    element.addEventListener('container-change', event => seen.push(event));
    await until(() => find(element, '.container-note'), 'it says why');
    await until(() => element.adapter!.openUpload === undefined, 'it is opened again');
    await settled(element);
    expect(find(element, '[part~="action-upload-files"]')).to.equal(null);
    expect(kit.calls.filter(call => call === 'read alpha').length).to.equal(1);
  });

  it('leaves out what the adapter has no function for', async () => {
    const { adapter } = shelf({ without: ['create', 'update', 'remove', 'publish', 'read', 'fields'] });
    const element = await open({ adapter });
    expect(find(element, '.container-commands')).to.equal(null);
    expect(find(element, '.publish')).to.equal(null);
    await choose(element);
    expect(find(element, '.container-create')).to.equal(null);
    expect(dialog(element).textContent).not.to.include('Label');
  });

  it('changes nothing when the page says so', async () => {
    const { adapter } = shelf();
    const element = await open({ adapter, properties: { readonly: true } });
    expect(find(element, '.container-commands')).to.equal(null);
    expect(find(element, '.publish')).to.equal(null);
    await choose(element);
    expect(find(element, '.container-create')).to.equal(null);
    expect(choices(element).length).to.equal(2);
  });

  it('offers no folder where files have no paths', async () => {
    const base = memory({ files: {}, label: 'flat' });
    const adapter: Adapter = { ...base, capabilities: { ...base.capabilities, folders: 'none' } };
    const element = await open({ adapter });
    expect(find(element, '.edit-path')).to.equal(null);
    expect(element.shadowRoot!.textContent).to.include('Upload files');
    expect(element.shadowRoot!.textContent).not.to.include('Upload a folder');
  });

  for (const width of [800, 320]) {
    it(`has nothing that axe finds at ${width} px`, async () => {
      const { adapter } = shelf();
      const element = await open({ adapter, width });
      await until(() => switcher(element).textContent!.includes('The alpha'), 'its name arrives');
      const findings = async () => {
        await new Promise(resolve => setTimeout(resolve, 200));
        const { violations } = await axe.run(element, {
          resultTypes: ['violations'],
          rules: { region: { enabled: false }, 'page-has-heading-one': { enabled: false } },
        });
        return violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html}`));
      };
      expect(await findings()).to.deep.equal([]);
      await choose(element);
      expect(await findings()).to.deep.equal([]);
      await press(element, 'Escape');
      for (const label of ['New bucket…', 'Edit bucket…', 'Delete bucket…']) {
        await command(element, label);
        expect(await findings(), label).to.deep.equal([]);
        await press(element, 'Escape');
      }
    });
  }

  it('speaks German', async () => {
    const { adapter } = shelf();
    const element = await open({ adapter, properties: { locale: 'de' } });
    await until(() => switcher(element).title.startsWith('Bucket: '), 'the texts arrive');
    await choose(element);
    await until(() => heading(element) === 'Bucket wählen', 'the heading is German');
  });
});
