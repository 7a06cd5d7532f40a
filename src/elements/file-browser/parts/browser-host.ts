import type { LitElement } from 'lit';
import type { Adapter } from '../../../adapters/adapter.js';
import type { Sort } from '../../../core/ordering.js';
import type { TransferManager } from '../../../transfer/manager.js';
import type { Density } from '../../kit-element.js';
import type { Column } from './columns.js';

/** The file browser's own properties, as its parts read and set them. */
export interface BrowserHost extends LitElement {
  backend: string | undefined;
  adapter: Adapter | undefined;
  manager: TransferManager | undefined;
  container: string | undefined;
  path: string;
  select: 'multiple' | 'single' | 'none';
  readonly: boolean;
  columns: readonly Column[];
  sort: Sort;
  label: string | undefined;
  density: Density | undefined;
}
