import { expect, fixture, html } from '@open-wc/testing';
import { html as lit, type PropertyDeclarations } from 'lit';
import { DownloadButtonElement } from '../../src/elements/download-button/download-button.js';
import { KitElement } from '../../src/elements/kit-element.js';
import { registerLanguage } from '../../src/i18n/index.js';
import { FakeManager } from './fakes.js';
import { until } from './until.js';

class SpeakingElement extends KitElement {
  static override readonly tag: string = 'speaking-element';
  static override properties: PropertyDeclarations = { count: { type: Number } };
  declare count: number;

  constructor() {
    super();
    this.count = 2;
  }

  protected override render() {
    return lit`<p>${this.localize.text('common.filesCount', { count: this.count })} ${this.localize.size(1536)}</p>`;
  }

  say(text: string) {
    this.announcer.announce(text);
  }

  mark(name: string, on: boolean) {
    this.setState(name, on);
  }
}
SpeakingElement.define();

const textOf = (element: Element) =>
  element.shadowRoot!.querySelector('p')!.textContent!.replaceAll('\u00A0', ' ');

describe('KitElement', () => {
  it('speaks the language of the place it stands in, and follows it', async () => {
    const around = await fixture<HTMLElement>(
      html`<div lang="de"><speaking-element></speaking-element></div>`,
    );
    const element = around.querySelector<SpeakingElement>('speaking-element')!;
    await until(() => textOf(element) === '2 Dateien 1,5 KiB');
    element.locale = 'en';
    await element.updateComplete;
    expect(textOf(element)).to.equal('2 files 1.5 KiB');
    element.units = 'si';
    await element.updateComplete;
    expect(textOf(element)).to.equal('2 files 1.54 kB');
  });

  it('follows the page’s language', async () => {
    const element = await fixture<SpeakingElement>(html`<speaking-element></speaking-element>`);
    const before = document.documentElement.lang;
    try {
      document.documentElement.lang = 'de';
      await until(() => textOf(element).startsWith('2 Dateien'));
    } finally {
      document.documentElement.lang = before;
    }
  });

  it('survives a lang that is none', async () => {
    const element = await fixture<SpeakingElement>(
      html`<speaking-element lang="not a language"></speaking-element>`,
    );
    expect(textOf(element)).to.equal('2 files 1.5 KiB');
  });

  it('shows a text the page has replaced', async () => {
    const element = await fixture<SpeakingElement>(
      html`<speaking-element locale="en-NZ"></speaking-element>`,
    );
    registerLanguage('en-NZ', { common: { filesCount: { one: '{count} thing', other: '{count} things' } } });
    await element.updateComplete;
    expect(textOf(element)).to.equal('2 things 1.5 KiB');
  });

  it('sets custom states', async () => {
    const element = await fixture<SpeakingElement>(html`<speaking-element></speaking-element>`);
    element.mark('busy', true);
    expect(element.matches(':state(busy)')).to.equal(true);
    element.mark('busy', false);
    expect(element.matches(':state(busy)')).to.equal(false);
  });

  it('tells screen readers by ariaNotify, several texts at once and none twice', async () => {
    const element = await fixture<SpeakingElement>(html`<speaking-element></speaking-element>`);
    const said: string[] = [];
    Object.assign(element, { ariaNotify: (text: string) => said.push(text) });
    element.say('One.');
    element.say('Two.');
    element.say('One.');
    await until(() => said.length > 0);
    expect(said).to.deep.equal(['One. Two.']);
  });

  it('tells them through a live region where there is no ariaNotify', async () => {
    const element = await fixture<SpeakingElement>(html`<speaking-element></speaking-element>`);
    Object.assign(element, { ariaNotify: undefined });
    element.say('Done.');
    await until(() => element.shadowRoot!.querySelector('[role=status]')?.textContent === 'Done.');
    element.say('Done.');
    await until(() => element.shadowRoot!.querySelector('[role=status]')?.textContent === 'Done.\u00A0');
  });

  it('leaves a tag alone that somebody else has, and says so once', () => {
    customElements.define('taken-tag', class extends HTMLElement {});
    const warnings: string[] = [];
    const { warn } = console;
    console.warn = (text: string) => warnings.push(text);
    try {
      class Other extends KitElement {}
      Other.define('taken-tag');
      Other.define('taken-tag');
    } finally {
      console.warn = warn;
    }
    expect(warnings.length).to.equal(1);
    expect(warnings[0]).to.contain('<taken-tag>');
  });

  it('can be registered under a second tag', () => {
    SpeakingElement.define();
    SpeakingElement.define('speaking-twice');
    expect(document.createElement('speaking-twice')).to.be.instanceOf(SpeakingElement);
  });

  it('takes over properties set before the definition', async () => {
    const manager = new FakeManager();
    const early = document.createElement('early-download') as DownloadButtonElement;
    Object.assign(early, { manager: manager.asManager, path: 'a/b.txt', saveAs: 'c.txt' });
    document.body.append(early);
    DownloadButtonElement.define('early-download');
    await early.updateComplete;
    expect(Object.hasOwn(early, 'path')).to.equal(false);
    await early.download();
    expect(manager.downloads[0]?.paths).to.deep.equal(['a/b.txt']);
    expect(manager.downloads[0]?.options.saveAs).to.equal('c.txt');
    early.remove();
  });
});
