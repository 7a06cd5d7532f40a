/** English: the source of truth of all texts. One file per area in `en/`; keys read `area.key`. */
import { browser } from './en/browser.js';
import { common } from './en/common.js';
import { containers } from './en/containers.js';
import { download } from './en/download.js';
import { errors } from './en/errors.js';
import { resume } from './en/resume.js';
import { resumeDownloads } from './en/resume-downloads.js';
import { transfers } from './en/transfers.js';
import { upload } from './en/upload.js';

export const en = {
  browser,
  common,
  containers,
  download,
  errors,
  resume,
  resumeDownloads,
  transfers,
  upload,
} as const;

export type English = typeof en;
export type Area = keyof English;
/** `upload.chooseFiles`, `errors.offline`, … */
export type MessageKey = { [A in Area]: `${A}.${Extract<keyof English[A], string>}` }[Area];
export type MessageAt<K extends MessageKey> = K extends `${infer A extends Area}.${infer Name}`
  ? Name extends keyof English[A]
    ? English[A][Name]
    : never
  : never;
