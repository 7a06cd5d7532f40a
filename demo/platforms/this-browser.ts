import { opfs } from '../../src/adapters/opfs/index.js';
import { action, type DemoPlatform } from './platform.js';

const inGB = (bytes = 0) => `${(bytes / 1e9).toFixed(2)} GB`;

/** The browser's own storage: the same elements, and not a byte leaves the device. */
export const thisBrowserDemo: DemoPlatform = {
  title: 'This browser',
  needsNoServer: true,
  fields: [{ name: 'folder', label: 'Folder of this site’s storage', value: 'files' }],
  connect: ({ folder = '' }) => opfs({ folder }),
  controls: (_, page) => [
    action('How much fits', page, async () => {
      const { usage, quota } = await navigator.storage.estimate();
      return `${inGB(usage)} of at most ${inGB(quota)} are used by this site.`;
    }),
    action('Keep it when the disk gets full', page, async () =>
      (await navigator.storage.persist())
        ? 'The browser keeps these files until you delete them.'
        : 'The browser did not agree: it may clear them when the disk gets full.',
    ),
  ],
};
