import { html, nothing, type TemplateResult } from 'lit';
import { displayName } from '../../core/format.js';
import type {
  InterruptedDownload,
  NotResumedDownload,
  ResumedDownloads,
} from '../../transfer/download/interrupted-downloads.js';
import type { TransferManager } from '../../transfer/manager.js';
import { nameTemplate } from '../parts/name.js';
import { sentence, told } from '../parts/sentence.js';
import { LeftPromptElement } from './left-prompt.js';

const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);

/**
 * Downloads that an earlier page left unfinished: how many, where they go, how much of them need not be fetched again,
 * and one button that goes on with them all. What another tab is at work on is shown there. The counterpart of
 * `<resume-prompt>` in `<transfer-list>`. Internal, not for pages.
 *
 * @tag download-prompt
 */
export class DownloadPromptElement extends LeftPromptElement<InterruptedDownload> {
  static override readonly tag: string = 'download-prompt';

  protected override async find(manager: TransferManager): Promise<readonly InterruptedDownload[]> {
    const found = await manager.interruptedDownloads();
    return found.filter(({ isElsewhere }) => !isElsewhere);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { localize, shown } = this;
    if (shown.length === 0) return nothing;
    return this.box({
      heading: localize.text('resumeDownloads.heading', { count: shown.length }),
      kept: this.#fetchedText(shown),
      buttons: html`<div class="buttons">
        ${this.button('resume', localize.text('resume.resume'), this.#onResume)}
        ${this.button('discard', localize.text('resume.discard'), () => void this.discard(this.shown))}
      </div>`,
      list: localize.text('resumeDownloads.list'),
      row: download => this.#row(download, shown.length > 1),
    });
  }

  #fetchedText(downloads: readonly InterruptedDownload[]): string {
    const { localize } = this;
    const bytes = sum(downloads.map(({ fetched }) => fetched));
    if (bytes === 0) return localize.text('resumeDownloads.fetchedNone', { count: downloads.length });
    const fetched = localize.size(bytes);
    const sizes = downloads.flatMap(({ total }) => total?.bytes ?? []);
    if (sizes.length < downloads.length)
      return localize.text('resumeDownloads.fetchedOfUnknown', { fetched });
    return localize.text('resumeDownloads.fetched', { fetched, size: localize.size(sum(sizes)) });
  }

  #row(download: InterruptedDownload, hasOthers: boolean): TemplateResult {
    const { localize } = this;
    const state = this.#stateText(download, hasOthers);
    const label = localize.text('resumeDownloads.discardOne', { name: displayName(download.label) });
    return html`<li>
      <div class="what">
        ${nameTemplate(download.label)}
        <span class="pieces muted"
          ><span>${this.#place(download)}</span>${state ? html`<span>${told(localize, state)}</span>` : nothing}</span
        >
      </div>
      ${hasOthers ? this.rowButton(download, label) : nothing}
    </li>`;
  }

  #place({ place, placeName = '' }: InterruptedDownload): TemplateResult {
    const { localize } = this;
    const name = displayName(placeName);
    if (place === 'folder') return sentence(localize, 'resumeDownloads.intoFolder', { name });
    if (place === 'file') return sentence(localize, 'resumeDownloads.intoFile', { name });
    return told(
      localize,
      localize.text(place === 'zip' ? 'resumeDownloads.intoZip' : 'resumeDownloads.intoBrowser'),
    );
  }

  /** Of a single download the sentence above says it. */
  #stateText({ total, finished, fetched }: InterruptedDownload, hasOthers: boolean): string {
    const { localize } = this;
    if (finished.files > 0 && total?.files !== 1) {
      return total
        ? localize.text('resumeDownloads.filesThere', { there: finished.files, count: total.files })
        : localize.text('resumeDownloads.filesThereOfUnknown', { count: finished.files });
    }
    if (!hasOthers) return '';
    if (fetched === 0) return localize.text('resumeDownloads.beginsAnew');
    return total
      ? localize.text('resumeDownloads.bytesHere', {
          fetched: localize.size(fetched),
          size: localize.size(total.bytes),
        })
      : localize.text('resumeDownloads.bytesHereOfUnknown', { fetched: localize.size(fetched) });
  }

  // ── What a click does ───────────────────────────────────────────────────────────────────────────────────────────

  readonly #onResume = (): void => {
    const downloads = this.shown;
    if (downloads.length === 0) return;
    void this.act(async manager => {
      const result = await manager.resumeInterruptedDownloads(downloads);
      const count = result.jobs.length;
      const note = this.#remark(result);
      return count > 0
        ? { note, said: this.localize.text('resumeDownloads.announceResumed', { count }) }
        : { note };
    });
  };

  #remark({ notResumed }: ResumedDownloads): string {
    const { localize } = this;
    const of = (why: NotResumedDownload['why']) =>
      notResumed.filter(each => each.why === why).map(({ download }) => download);
    const remarks: string[] = [];
    if (of('elsewhere').length > 0) remarks.push(localize.text('resume.elsewhere'));
    if (of('no-permission').length > 0) remarks.push(localize.text('resumeDownloads.noPermission'));
    const gone = of('place-gone');
    for (const [place, key] of [
      ['folder', 'resumeDownloads.folderGone'],
      ['file', 'resumeDownloads.fileGone'],
    ] as const) {
      const places = gone.filter(download => download.place === place);
      const names = new Set(places.map(({ placeName = '' }) => displayName(placeName)));
      if (names.size > 0) {
        remarks.push(localize.text(key, { names: localize.list([...names].slice(0, 3)), count: names.size }));
      }
    }
    return remarks.join(' ');
  }

  protected override async discard(downloads: readonly InterruptedDownload[]): Promise<void> {
    if (downloads.length === 0) return;
    await this.act(async manager => {
      // Those that another tab has taken meanwhile are shown there.
      await manager.discardInterruptedDownloads(downloads);
      const stays = downloads.some(({ place, finished }) => place === 'folder' && finished.files > 0);
      const key = stays ? 'resumeDownloads.announceDiscardedSome' : 'resume.announceDiscarded';
      return { note: '', said: this.localize.text(key) };
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'download-prompt': DownloadPromptElement;
  }
}
