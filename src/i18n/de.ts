/** German. One file per area, as in English. */
import { browser } from './de/browser.js';
import { common } from './de/common.js';
import { containers } from './de/containers.js';
import { download } from './de/download.js';
import { errors } from './de/errors.js';
import { resume } from './de/resume.js';
import { resumeDownloads } from './de/resume-downloads.js';
import { transfers } from './de/transfers.js';
import { upload } from './de/upload.js';
import type { Language } from './index.js';

export const de: Language = {
  browser,
  common,
  containers,
  download,
  errors,
  resume,
  resumeDownloads,
  transfers,
  upload,
};
