import type {
  DownloadButtonElement,
  FileBrowserElement,
  PathChangeEvent,
  SelectionChangeEvent,
  TransferEndEvent,
  TransferListElement,
  UploadDropzoneElement,
} from 'file-transfer-elements';
import type { HTMLAttributes, ReactNode, RefAttributes } from 'react';

/** What React 19 hands to a custom element: properties by name, `on…` listeners for events of any name. */
type ElementProps<E extends HTMLElement> = Omit<HTMLAttributes<E>, keyof E> &
  RefAttributes<E> &
  Partial<Omit<E, 'children' | 'style'>> & { children?: ReactNode };

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'file-browser': ElementProps<FileBrowserElement> & {
        'onpath-change'?: (event: PathChangeEvent) => void;
        'onselection-change'?: (event: SelectionChangeEvent) => void;
      };
      'upload-dropzone': ElementProps<UploadDropzoneElement> & {
        'ontransfer-end'?: (event: TransferEndEvent) => void;
      };
      'download-button': ElementProps<DownloadButtonElement>;
      'transfer-list': ElementProps<TransferListElement>;
    }
  }
}
