/**
 * Outlines from Lucide (https://lucide.dev), inlined one by one so that a page carries only the ones it shows.
 * Lucide is published under the ISC licence, copyright Lucide Contributors; parts derive from Feather, MIT,
 * copyright 2013-present Cole Bemis. Both texts are in the LICENSE of the package lucide-static.
 */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';

/** Icons are decoration: the control around them carries the name. */
const outline = (shapes: SVGTemplateResult): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" width="16" height="16" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">${shapes}</svg>`;

/** lucide: file-archive */
export const archiveIcon = outline(
  svg`<path d="M13.659 22H18a2 2 0 0 0 2-2V8a2.4 2.4 0 0 0-.706-1.706l-3.588-3.588A2.4 2.4 0 0 0 14 2H6a2 2 0 0 0-2 2v11.5" /><path d="M14 2v5a1 1 0 0 0 1 1h5" /><path d="M8 12v-1" /><path d="M8 18v-2" /><path d="M8 7V6" /><circle cx="8" cy="20" r="2" />`,
);

/** lucide: arrow-down */
export const arrowDownIcon = outline(svg`<path d="M12 5v14" /><path d="m19 12-7 7-7-7" />`);

/** lucide: arrow-left */
export const arrowLeftIcon = outline(svg`<path d="m12 19-7-7 7-7" /><path d="M19 12H5" />`);

/** lucide: arrow-up */
export const arrowUpIcon = outline(svg`<path d="m5 12 7-7 7 7" /><path d="M12 19V5" />`);

/** lucide: ban */
export const banIcon = outline(svg`<circle cx="12" cy="12" r="10" /><path d="M4.929 4.929 19.07 19.071" />`);

/** lucide: check */
export const checkIcon = outline(svg`<path d="M20 6 9 17l-5-5" />`);

/** lucide: chevron-down */
export const chevronDownIcon = outline(svg`<path d="m6 9 6 6 6-6" />`);

/** lucide: chevron-left */
export const chevronLeftIcon = outline(svg`<path d="m15 18-6-6 6-6" />`);

/** lucide: chevron-right */
export const chevronRightIcon = outline(svg`<path d="m9 18 6-6-6-6" />`);

/** lucide: chevron-up */
export const chevronUpIcon = outline(svg`<path d="m18 15-6-6-6 6" />`);

/** lucide: chevrons-up-down */
export const chevronsUpDownIcon = outline(svg`<path d="m7 15 5 5 5-5" /><path d="m7 9 5-5 5 5" />`);

/** lucide: circle-alert */
export const circleAlertIcon = outline(
  svg`<circle cx="12" cy="12" r="10" /><line x1="12" x2="12" y1="8" y2="12" /><line x1="12" x2="12.01" y1="16" y2="16" />`,
);

/** lucide: circle-check */
export const circleCheckIcon = outline(svg`<circle cx="12" cy="12" r="10" /><path d="m16 9-5.5 5.5L8 12" />`);

/** lucide: circle-dashed */
export const circleDashedIcon = outline(
  svg`<path d="M10.1 2.182a10 10 0 0 1 3.8 0" /><path d="M13.9 21.818a10 10 0 0 1-3.8 0" /><path d="M17.609 3.721a10 10 0 0 1 2.69 2.7" /><path d="M2.182 13.9a10 10 0 0 1 0-3.8" /><path d="M20.279 17.609a10 10 0 0 1-2.7 2.69" /><path d="M21.818 10.1a10 10 0 0 1 0 3.8" /><path d="M3.721 6.391a10 10 0 0 1 2.7-2.69" /><path d="M6.391 20.279a10 10 0 0 1-2.69-2.7" />`,
);

/** lucide: circle-pause */
export const circlePauseIcon = outline(
  svg`<circle cx="12" cy="12" r="10" /><line x1="10" x2="10" y1="15" y2="9" /><line x1="14" x2="14" y1="15" y2="9" />`,
);

/** lucide: circle-slash */
export const circleSlashIcon = outline(
  svg`<circle cx="12" cy="12" r="10" /><line x1="9" x2="15" y1="15" y2="9" />`,
);

/** lucide: clock */
export const clockIcon = outline(svg`<circle cx="12" cy="12" r="10" /><path d="M12 6v6l4 2" />`);

/** lucide: x */
export const closeIcon = outline(svg`<path d="M18 6 6 18" /><path d="m6 6 12 12" />`);

/** lucide: cloud-off */
export const cloudOffIcon = outline(
  svg`<path d="M10.94 5.274A7 7 0 0 1 15.71 10h1.79a4.5 4.5 0 0 1 4.222 6.057" /><path d="M18.796 18.81A4.5 4.5 0 0 1 17.5 19H9A7 7 0 0 1 5.79 5.78" /><path d="m2 2 20 20" />`,
);

/** lucide: copy */
export const copyIcon = outline(
  svg`<rect width="14" height="14" x="8" y="8" rx="2" ry="2" /><path d="M4 16c-1.1 0-2-.9-2-2V4c0-1.1.9-2 2-2h10c1.1 0 2 .9 2 2" />`,
);

/** lucide: download */
export const downloadIcon = outline(
  svg`<path d="M12 15V3" /><path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4" /><path d="m7 10 5 5 5-5" />`,
);

/** lucide: external-link */
export const externalIcon = outline(
  svg`<path d="M15 3h6v6" /><path d="M10 14 21 3" /><path d="M18 13v6a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h6" />`,
);

/** lucide: eye */
export const eyeIcon = outline(
  svg`<path d="M2.062 12.348a1 1 0 0 1 0-.696 10.75 10.75 0 0 1 19.876 0 1 1 0 0 1 0 .696 10.75 10.75 0 0 1-19.876 0" /><circle cx="12" cy="12" r="3" />`,
);

/** lucide: file */
export const fileIcon = outline(
  svg`<path d="M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z" /><path d="M14 2v5a1 1 0 0 0 1 1h5" />`,
);

/** lucide: file-headphone */
export const fileAudioIcon = outline(
  svg`<path d="M4 6.835V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.706.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2h-.343" /><path d="M14 2v5a1 1 0 0 0 1 1h5" /><path d="M2 19a2 2 0 0 1 4 0v1a2 2 0 0 1-4 0v-4a6 6 0 0 1 12 0v4a2 2 0 0 1-4 0v-1a2 2 0 0 1 4 0" />`,
);

/** lucide: file-code */
export const fileCodeIcon = outline(
  svg`<path d="M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z" /><path d="M14 2v5a1 1 0 0 0 1 1h5" /><path d="M10 12.5 8 15l2 2.5" /><path d="m14 12.5 2 2.5-2 2.5" />`,
);

/** lucide: file-image */
export const fileImageIcon = outline(
  svg`<path d="M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z" /><path d="M14 2v5a1 1 0 0 0 1 1h5" /><circle cx="10" cy="12" r="2" /><path d="m20 17-1.296-1.296a2.41 2.41 0 0 0-3.408 0L9 22" />`,
);

/** lucide: file-spreadsheet */
export const fileSpreadsheetIcon = outline(
  svg`<path d="M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z" /><path d="M14 2v5a1 1 0 0 0 1 1h5" /><path d="M8 13h2" /><path d="M14 13h2" /><path d="M8 17h2" /><path d="M14 17h2" />`,
);

/** lucide: file-text */
export const fileTextIcon = outline(
  svg`<path d="M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z" /><path d="M14 2v5a1 1 0 0 0 1 1h5" /><path d="M10 9H8" /><path d="M16 13H8" /><path d="M16 17H8" />`,
);

/** lucide: file-play */
export const fileVideoIcon = outline(
  svg`<path d="M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z" /><path d="M14 2v5a1 1 0 0 0 1 1h5" /><path d="M15.033 13.44a.647.647 0 0 1 0 1.12l-4.065 2.352a.645.645 0 0 1-.968-.56v-4.704a.645.645 0 0 1 .967-.56z" />`,
);

/** lucide: files */
export const filesIcon = outline(
  svg`<path d="M15 2h-4a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V8" /><path d="M16.706 2.706A2.4 2.4 0 0 0 15 2v5a1 1 0 0 0 1 1h5a2.4 2.4 0 0 0-.706-1.706z" /><path d="M5 7a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h8a2 2 0 0 0 1.732-1" />`,
);

/** lucide: list-filter */
export const filterIcon = outline(svg`<path d="M2 5h20" /><path d="M6 12h12" /><path d="M9 19h6" />`);

/** lucide: folder */
export const folderIcon = outline(
  svg`<path d="M20 20a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-7.9a2 2 0 0 1-1.69-.9L9.6 3.9A2 2 0 0 0 7.93 3H4a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2Z" />`,
);

/** lucide: folder-input */
export const folderInputIcon = outline(
  svg`<path d="M2 9V5a2 2 0 0 1 2-2h3.9a2 2 0 0 1 1.69.9l.81 1.2a2 2 0 0 0 1.67.9H20a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2v-1" /><path d="M2 13h10" /><path d="m9 16 3-3-3-3" />`,
);

/** lucide: folder-open */
export const folderOpenIcon = outline(
  svg`<path d="m6 14 1.5-2.9A2 2 0 0 1 9.24 10H20a2 2 0 0 1 1.94 2.5l-1.54 6a2 2 0 0 1-1.95 1.5H4a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2h3.9a2 2 0 0 1 1.69.9l.81 1.2a2 2 0 0 0 1.67.9H18a2 2 0 0 1 2 2v2" />`,
);

/** lucide: folder-plus */
export const folderPlusIcon = outline(
  svg`<path d="M12 10v6" /><path d="M9 13h6" /><path d="M20 20a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-7.9a2 2 0 0 1-1.69-.9L9.6 3.9A2 2 0 0 0 7.93 3H4a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2Z" />`,
);

/** lucide: folder-up */
export const folderUpIcon = outline(
  svg`<path d="M20 20a2 2 0 0 0 2-2V8a2 2 0 0 0-2-2h-7.9a2 2 0 0 1-1.69-.9L9.6 3.9A2 2 0 0 0 7.93 3H4a2 2 0 0 0-2 2v13a2 2 0 0 0 2 2Z" /><path d="M12 10v6" /><path d="m9 13 3-3 3 3" />`,
);

/** lucide: hard-drive */
export const hardDriveIcon = outline(
  svg`<path d="M10 16h.01" /><path d="M2.212 11.577a2 2 0 0 0-.212.896V18a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2v-5.527a2 2 0 0 0-.212-.896L18.55 5.11A2 2 0 0 0 16.76 4H7.24a2 2 0 0 0-1.79 1.11z" /><path d="M21.946 12.013H2.054" /><path d="M6 16h.01" />`,
);

/** lucide: house */
export const houseIcon = outline(
  svg`<path d="M15 21v-8a1 1 0 0 0-1-1h-4a1 1 0 0 0-1 1v8" /><path d="M3 10a2 2 0 0 1 .709-1.528l7-6a2 2 0 0 1 2.582 0l7 6A2 2 0 0 1 21 10v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z" />`,
);

/** lucide: info */
export const infoIcon = outline(
  svg`<circle cx="12" cy="12" r="10" /><path d="M12 16v-4" /><path d="M12 8h.01" />`,
);

/** lucide: link */
export const linkIcon = outline(
  svg`<path d="M10 13a5 5 0 0 0 7.54.54l3-3a5 5 0 0 0-7.07-7.07l-1.72 1.71" /><path d="M14 11a5 5 0 0 0-7.54-.54l-3 3a5 5 0 0 0 7.07 7.07l1.71-1.71" />`,
);

/** lucide: loader-circle */
export const loaderIcon = outline(svg`<path d="M21 12a9 9 0 1 1-6.219-8.56" />`);

/** lucide: library */
export const libraryIcon = outline(
  svg`<path d="m16 6 4 14" /><path d="M12 6v14" /><path d="M8 8v12" /><path d="M4 4v16" />`,
);

/** lucide: ellipsis */
export const moreIcon = outline(
  svg`<circle cx="12" cy="12" r="1" /><circle cx="19" cy="12" r="1" /><circle cx="5" cy="12" r="1" />`,
);

/** lucide: ellipsis-vertical */
export const moreVerticalIcon = outline(
  svg`<circle cx="12" cy="12" r="1" /><circle cx="12" cy="5" r="1" /><circle cx="12" cy="19" r="1" />`,
);

/** lucide: file-input */
export const moveIcon = outline(
  svg`<path d="M4 11V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.706.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2v-1" /><path d="M14 2v5a1 1 0 0 0 1 1h5" /><path d="M2 15h10" /><path d="m9 18 3-3-3-3" />`,
);

/** lucide: pause */
export const pauseIcon = outline(
  svg`<rect x="14" y="3" width="5" height="18" rx="1" /><rect x="5" y="3" width="5" height="18" rx="1" />`,
);

/** lucide: pencil */
export const pencilIcon = outline(
  svg`<path d="M21.174 6.812a1 1 0 0 0-3.986-3.987L3.842 16.174a2 2 0 0 0-.5.83l-1.321 4.352a.5.5 0 0 0 .623.622l4.353-1.32a2 2 0 0 0 .83-.497z" /><path d="m15 5 4 4" />`,
);

/** lucide: play */
export const playIcon = outline(
  svg`<path d="M5 5a2 2 0 0 1 3.008-1.728l11.997 6.998a2 2 0 0 1 .003 3.458l-12 7A2 2 0 0 1 5 19z" />`,
);

/** lucide: plus */
export const plusIcon = outline(svg`<path d="M5 12h14" /><path d="M12 5v14" />`);

/** lucide: refresh-cw */
export const refreshIcon = outline(
  svg`<path d="M3 12a9 9 0 0 1 9-9 9.75 9.75 0 0 1 6.74 2.74L21 8" /><path d="M21 3v5h-5" /><path d="M21 12a9 9 0 0 1-9 9 9.75 9.75 0 0 1-6.74-2.74L3 16" /><path d="M8 16H3v5" />`,
);

/** lucide: rotate-cw */
export const retryIcon = outline(
  svg`<path d="M21 12a9 9 0 1 1-9-9c2.52 0 4.93 1 6.74 2.74L21 8" /><path d="M21 3v5h-5" />`,
);

/** lucide: search */
export const searchIcon = outline(svg`<path d="m21 21-4.34-4.34" /><circle cx="11" cy="11" r="8" />`);

/** lucide: shield-check */
export const shieldCheckIcon = outline(
  svg`<path d="M20 13c0 5-3.5 7.5-7.66 8.95a1 1 0 0 1-.67-.01C7.5 20.5 4 18 4 13V6a1 1 0 0 1 1-1c2 0 4.5-1.2 6.24-2.72a1.17 1.17 0 0 1 1.52 0C14.51 3.81 17 5 19 5a1 1 0 0 1 1 1z" /><path d="m9 12 2 2 4-4" />`,
);

/** lucide: skip-forward */
export const skipIcon = outline(
  svg`<path d="M21 4v16" /><path d="M6.029 4.285A2 2 0 0 0 3 6v12a2 2 0 0 0 3.029 1.715l9.997-5.998a2 2 0 0 0 .003-3.432z" />`,
);

/** lucide: circle-question-mark */
export const questionIcon = outline(
  svg`<circle cx="12" cy="12" r="10" /><path d="M9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3" /><path d="M12 17h.01" />`,
);

/** lucide: triangle-alert */
export const triangleAlertIcon = outline(
  svg`<path d="m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3" /><path d="M12 9v4" /><path d="M12 17h.01" />`,
);

/** lucide: trash-2 */
export const trashIcon = outline(
  svg`<path d="M10 11v6" /><path d="M14 11v6" /><path d="M19 6v14a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2V6" /><path d="M3 6h18" /><path d="M8 6V4a2 2 0 0 1 2-2h4a2 2 0 0 1 2 2v2" />`,
);

/** lucide: upload */
export const uploadIcon = outline(
  svg`<path d="M12 3v12" /><path d="m17 8-5-5-5 5" /><path d="M21 15v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4" />`,
);

/** lucide: wifi-off */
export const wifiOffIcon = outline(
  svg`<path d="M12 20h.01" /><path d="M8.5 16.429a5 5 0 0 1 7 0" /><path d="M5 12.859a10 10 0 0 1 5.17-2.69" /><path d="M19 12.859a10 10 0 0 0-2.007-1.523" /><path d="M2 8.82a15 15 0 0 1 4.177-2.643" /><path d="M22 8.82a15 15 0 0 0-11.288-3.764" /><path d="m2 2 20 20" />`,
);
