import { DownloadButtonElement } from './download-button.js';

DownloadButtonElement.define();
