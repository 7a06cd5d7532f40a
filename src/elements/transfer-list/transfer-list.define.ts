import { TransferListElement } from './transfer-list.js';

TransferListElement.define();
