import 'file-transfer-elements/define';
import type { FileBrowserElement, UploadDropzoneElement } from 'file-transfer-elements';
import type { Adapter } from '../../src/adapters/adapter.js';
import { addHeader } from '../shared/header.js';
import { acrossControls } from './across.js';
import { deepLakeDemo } from './deep-lake.js';
import { deepOriginDemo } from './deep-origin.js';
import { invenioDemo } from './invenio.js';
import type { DemoPlatform, PlatformPage } from './platform.js';
import { smartsBioDemo } from './smarts-bio.js';
import { standInValues } from './stand-in.js';
import { thisBrowserDemo } from './this-browser.js';
import { ubiopsDemo } from './ubiops.js';
import { wordsOfConnecting } from './words.js';

const platforms: Readonly<Record<string, DemoPlatform>> = {
  'deep-origin': deepOriginDemo,
  'smarts-bio': smartsBioDemo,
  invenio: invenioDemo,
  'deep-lake': deepLakeDemo,
  ubiops: ubiopsDemo,
  'this-browser': thisBrowserDemo,
};

const element = <E extends HTMLElement = HTMLElement>(id: string) => document.getElementById(id) as E;
const browser = element<FileBrowserElement>('browser');
const dropzone = element<UploadDropzoneElement>('dropzone');
const details = element<HTMLDetailsElement>('connection');
const form = element<HTMLFormElement>('connect');

/** Ends what the controls of the adapter before have begun. */
let left = new AbortController();

addHeader();
const asked = new URLSearchParams(location.search).get('platform') ?? '';
const name = asked in platforms ? asked : 'deep-origin';
const platform = platforms[name]!;
document.title = `${platform.title} · file-transfer-elements`;
addTabs();
const environments = await environmentsOfStandIns();
const standIn = standInValues(environments[name] ?? {});
const elsewhere = Object.entries(environments).flatMap(([id, environment]) =>
  id !== name && platforms[id] ? [{ platform: platforms[id], environment }] : [],
);
addFields();
details.addEventListener('toggle', () => details.open && form.querySelector('input')?.focus());
form.addEventListener('submit', event => {
  event.preventDefault();
  connect();
});
browser.addEventListener('container-change', event => {
  say('');
  if (event.adapter) showAdapter(event.adapter);
  else showNoContainer();
});
browser.addEventListener('selection-change', () => say(''));
dropzone.addEventListener('transfer-end', event => {
  // The id is the join key where files have one.
  const ids = [...event.job.items].flatMap(({ result }) => (result?.id ? [result.id] : []));
  if (ids.length > 0) say(`Stored as ${ids.join(', ')}.`);
});
if (platform.needsNoServer || Object.keys(standIn).length > 0) connect();
else details.open = true;

function addTabs(): void {
  for (const [id, { title }] of Object.entries(platforms)) {
    const link = document.createElement('a');
    link.href = `./?platform=${id}`;
    link.textContent = title;
    if (id === name) link.setAttribute('aria-current', 'page');
    element('platforms').append(link);
  }
}

/** How to reach the platforms' stand-ins, those that the demo's server runs. */
async function environmentsOfStandIns(): Promise<Record<string, Readonly<Record<string, string>>>> {
  const answer = await fetch('/api/platforms').catch(() => undefined);
  return answer?.ok ? answer.json() : {};
}

function addFields(): void {
  for (const field of platform.fields) {
    const label = document.createElement('label');
    const input = document.createElement('input');
    input.name = field.name;
    input.type = field.secret ? 'password' : 'text';
    input.autocomplete = field.secret ? 'new-password' : 'off';
    input.spellcheck = false;
    input.value = standIn[field.name] ?? field.value ?? '';
    label.append(field.label, input);
    form.append(label);
  }
  const button = document.createElement('button');
  button.textContent = 'Connect';
  form.append(button);
}

function connect(): void {
  const values = Object.fromEntries(
    [...new FormData(form)].map(([key, value]) => [key, String(value).trim()]),
  );
  try {
    browser.path = '';
    browser.adapter = platform.connect(values);
  } catch (error) {
    element('connected').textContent = wordsOfConnecting(error, platform.fields);
    details.open = true;
    return;
  }
  element('connected').textContent = `${platform.title}: ${connectedTo(values)}`;
  details.open = false;
  element('workbench').hidden = false;
  say('');
  showAdapter(browser.adapter);
}

function connectedTo({ baseUrl, folder }: Readonly<Record<string, string>>): string {
  if (platform.needsNoServer) return folder ? `its folder “${folder}”` : 'all of its storage for this site';
  return baseUrl === standIn.baseUrl ? 'the stand-in on this machine' : String(baseUrl);
}

/** The controls and the place for uploads, as this adapter allows. */
function showAdapter(adapter: Adapter): void {
  left.abort();
  left = new AbortController();
  // Published records take no files.
  dropzone.hidden = adapter.openUpload === undefined;
  dropzone.directory = adapter.capabilities.folders !== 'none';
  const page: PlatformPage = {
    signal: left.signal,
    folder: () => browser.path,
    selection: () => browser.selectedEntries.map(entry => entry.path),
    say,
    refresh: () => void browser.refresh(),
    open: id => {
      browser.container = id;
      void browser.updateComplete.then(() => browser.adapter && showAdapter(browser.adapter));
    },
  };
  element('specials').replaceChildren(...platform.controls(adapter, page));
  element('across').replaceChildren(...acrossControls(adapter, elsewhere, page));
}

/** There is nothing to upload into and nothing to do until another one is chosen. */
function showNoContainer(): void {
  left.abort();
  dropzone.hidden = true;
  element('specials').replaceChildren();
  element('across').replaceChildren();
}

function say(text: string): void {
  element('said').textContent = text;
}
