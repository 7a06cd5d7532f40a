import { can } from '../../../adapters/adapter.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import type { ManagerController } from '../../../controllers/manager-controller.js';

/** Why nothing can be uploaded, in words; undefined: something can. `isOff`: the page or a form says so. */
export function unusableText(
  localize: LocalizeController,
  source: ManagerController,
  isOff: boolean,
): string | undefined {
  if (isOff) return localize.text('upload.disabled');
  const missing = source.missingBackend;
  if (missing) return localize.text('common.backendMissing', { name: missing });
  const adapter = source.resolve()?.adapter;
  if (!adapter) return localize.text('common.noBackend');
  return can(adapter, 'openUpload') ? undefined : localize.text('upload.notSupported');
}
