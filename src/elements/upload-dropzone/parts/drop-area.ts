/** The words and buttons of the drop area. */
import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { displayName } from '../../../core/format.js';
import { uploadIcon } from '../../../styles/icons.js';
import { sentence, told } from '../../parts/sentence.js';
import { acceptText, type Restrictions } from './restrictions.js';

/** What is allowed, in pieces that stay whole when the line breaks. */
function limitPieces(localize: LocalizeController, limits: Restrictions): string[] {
  const { accept, maxSize, minSize, maxFiles } = limits;
  const pieces: string[] = [];
  if (accept.length > 0)
    pieces.push(localize.text('upload.limitTypes', { types: acceptText(accept, localize) }));
  if (minSize) pieces.push(localize.text('upload.limitMinSize', { size: localize.size(minSize) }));
  if (maxSize !== undefined)
    pieces.push(localize.text('upload.limitMaxSize', { size: localize.size(maxSize) }));
  if (maxFiles !== undefined && maxFiles > 1)
    pieces.push(localize.text('upload.limitMaxFiles', { count: maxFiles }));
  return pieces;
}

export interface DropAreaOptions {
  /** Why nothing can be dropped. */
  readonly off: string | undefined;
  /** Files are held over it. */
  readonly isOver: boolean;
  /** It is a strip above uploads; then its buttons step back. */
  readonly isStrip: boolean;
  readonly single: boolean;
  readonly directory: boolean;
  readonly accept: string | undefined;
  readonly limits: Restrictions;
  /** Folder that files go to. */
  readonly folder: string;
  /** The folder is another element's, and not written anywhere near. */
  readonly namesFolder: boolean;
  readonly chooseFiles: () => void;
  readonly chooseFolder: () => void;
  readonly input: (event: Event) => void;
}

/** What happens to files that are let go now. */
export function overText(localize: LocalizeController, folder: string): TemplateResult {
  return folder
    ? sentence(localize, 'upload.dropNowInto', { folder: displayName(folder) })
    : sentence(localize, 'upload.dropNow');
}

function promptText(localize: LocalizeController, { single, directory }: DropAreaOptions): TemplateResult {
  if (single) return sentence(localize, 'upload.dropOneOnly');
  return sentence(localize, directory ? 'upload.dropFilesAndFolders' : 'upload.dropFiles');
}

function hintTemplate(localize: LocalizeController, options: DropAreaOptions): TemplateResult {
  const { off, folder, namesFolder } = options;
  if (off !== undefined) return told(localize, off);
  const limits = limitPieces(localize, options.limits);
  const into = sentence(localize, 'upload.into', { folder: displayName(folder) });
  const gap = limits.length > 0 ? html`<br />` : nothing;
  return html`${limits.map(limit => html`<span><bdi>${limit}</bdi></span>`)}${namesFolder && folder ? html`${gap}${into}` : nothing}`;
}

export function dropArea(localize: LocalizeController, options: DropAreaOptions): TemplateResult {
  const { off, isOver, isStrip, folder } = options;
  const classes = ['zone', isOver ? 'over' : '', off ? 'off' : '', isStrip ? 'busy' : ''].join(' ');
  return html`<div class=${classes} part="base" role="group" aria-label=${localize.text('upload.dropzone')}>
    <slot name="icon">${uploadIcon}</slot>
    <div class="words">
      <p class="prompt" part="prompt"><slot>${isOver ? overText(localize, folder) : promptText(localize, options)}</slot></p>
      <p class="small muted pieces" part="hint" id="hint">
        <slot name="hint">${hintTemplate(localize, options)}</slot>
      </p>
    </div>
    <div class="choose" part="choose">${chooseTemplate(localize, options)}</div>
  </div>`;
}

/** Buttons, each with the `<input>` that serves where the browser has no picker that gives handles. */
function chooseTemplate(localize: LocalizeController, options: DropAreaOptions): TemplateResult {
  const { isStrip, single, directory } = options;
  const off = options.off !== undefined;
  const files = localize.text(single ? 'upload.chooseFile' : 'upload.chooseFiles');
  const folder = localize.text('upload.chooseFolder');
  return html`<button
      type="button"
      class="button ${isStrip ? '' : 'primary'}"
      part="choose-files"
      data-action="choose-files"
      aria-describedby="hint"
      ?disabled=${off}
      @click=${options.chooseFiles}
    >
      ${files}
    </button>
    <input
      id="files"
      type="file"
      hidden
      tabindex="-1"
      aria-label=${files}
      accept=${options.accept || nothing}
      ?multiple=${!single}
      ?disabled=${off}
      @change=${options.input}
    />
    ${
      directory
        ? html`<button
              type="button"
              class="button"
              part="choose-folder"
              data-action="choose-folder"
              ?disabled=${off}
              @click=${options.chooseFolder}
            >
              ${folder}
            </button>
            <input
              id="folder"
              type="file"
              hidden
              tabindex="-1"
              aria-label=${folder}
              webkitdirectory
              multiple
              ?disabled=${off}
              @change=${options.input}
            />`
        : nothing
    }`;
}
