import type { ReactiveControllerHost } from 'lit';
import type { Adapter } from '../../adapters/adapter.js';
import { ManagerController } from '../../controllers/manager-controller.js';
import type { TransferManager } from '../../transfer/manager.js';
import type { LinkedBrowserController } from './linked-browser-controller.js';

interface SourceHost extends ReactiveControllerHost {
  readonly isConnected: boolean;
  readonly manager: TransferManager | undefined;
  readonly adapter: Adapter | undefined;
  readonly backend: string | undefined;
}

/** The storage of an element: its own wins; else that of the browser it belongs to. */
export function linkedSource(element: SourceHost, linked: LinkedBrowserController): ManagerController {
  const browser = () => ((element.manager ?? element.adapter ?? element.backend) ? undefined : linked.source);
  return new ManagerController({
    get isConnected() {
      return element.isConnected;
    },
    get updateComplete() {
      return element.updateComplete;
    },
    addController: controller => element.addController(controller),
    removeController: controller => element.removeController(controller),
    requestUpdate: () => element.requestUpdate(),
    get manager() {
      return element.manager ?? browser()?.manager;
    },
    get adapter() {
      return element.adapter ?? browser()?.adapter;
    },
    get backend() {
      return element.backend ?? browser()?.backend;
    },
  });
}
