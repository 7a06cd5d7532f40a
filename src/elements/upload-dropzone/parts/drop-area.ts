/** The words and buttons of the drop area. */
import { html, nothing, type TemplateResult } from 'lit';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { acceptText, type Restrictions } from './restrictions.js';

/** What is allowed, in pieces that stay whole when the line breaks. */
export function limitPieces(localize: LocalizeController, limits: Restrictions): string[] {
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

export interface ChooseOptions {
  readonly off: boolean;
  /** The drop area is a strip above uploads; then its buttons step back. */
  readonly isStrip: boolean;
  readonly single: boolean;
  readonly directory: boolean;
  readonly accept: string | undefined;
  readonly chooseFiles: () => void;
  readonly chooseFolder: () => void;
  readonly input: (event: Event) => void;
}

/** Buttons, each with the `<input>` that serves where the browser has no picker that gives handles. */
export function chooseTemplate(localize: LocalizeController, options: ChooseOptions): TemplateResult {
  const { off, isStrip, single, directory } = options;
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
