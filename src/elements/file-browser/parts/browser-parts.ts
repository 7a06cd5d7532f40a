import type { ReactiveController } from 'lit';
import type { AnnounceController } from '../../../controllers/announce-controller.js';
import { ConflictController } from '../../../controllers/conflict-controller.js';
import { ElementWidthController } from '../../../controllers/element-width-controller.js';
import { HotkeysController } from '../../../controllers/hotkeys-controller.js';
import type { LocalizeController } from '../../../controllers/localize-controller.js';
import { ManagerController } from '../../../controllers/manager-controller.js';
import { PasteTargetController } from '../../../controllers/paste-target-controller.js';
import { TypeAheadController } from '../../../controllers/type-ahead-controller.js';
import { VirtualRowsController } from '../../../controllers/virtual-rows-controller.js';
import type { Entry } from '../../../core/entry.js';
import { displayName } from '../../../core/format.js';
import type { OrderingOptions } from '../../../core/ordering.js';
import { nameOf, parentPath } from '../../../core/path.js';
import { itemsFromClipboard } from '../../../transfer/drop-items.js';
import type { TransferManager } from '../../../transfer/manager.js';
import { Menu } from '../../parts/menu.js';
import { ActionBar } from './action-bar.js';
import { ActionDesk } from './action-desk.js';
import type { BrowserHost } from './browser-host.js';
import { ContainerFamily } from './container-family.js';
import { ContainerSwitcher } from './container-switcher.js';
import { EntryDrag } from './entry-drag.js';
import { FolderNews } from './folder-news.js';
import { GridInteraction } from './grid-interaction.js';
import { Naming } from './naming.js';
import { OpenFolder } from './open-folder.js';
import { copyText } from './pick-files.js';
import { PlaceBar } from './place-bar.js';
import { Questions } from './questions.js';
import { RowArea } from './row-area.js';
import { RowHeight } from './row-height.js';

/** The parts of one file browser, and how they know of each other. Made once, with the element. */
export class BrowserParts implements ReactiveController {
  readonly host: BrowserHost;
  readonly localize: LocalizeController;
  readonly manager: ManagerController;
  readonly virtual: VirtualRowsController;
  readonly rowHeight: RowHeight;
  readonly folder: OpenFolder;
  readonly news: FolderNews;
  readonly questions: Questions;
  readonly conflicts: ConflictController;
  readonly menu: Menu;
  readonly drag: EntryDrag;
  readonly grid: GridInteraction;
  readonly naming: Naming;
  readonly containers: ContainerSwitcher;
  readonly family: ContainerFamily;
  readonly desk: ActionDesk;
  readonly place: PlaceBar;
  readonly tools: ActionBar;
  readonly area: RowArea;
  readonly #announcer: AnnounceController;
  readonly #width: ElementWidthController;

  constructor(host: BrowserHost, localize: LocalizeController, announcer: AnnounceController) {
    this.host = host;
    this.localize = localize;
    this.#announcer = announcer;
    this.manager = new ManagerController(host, () => this.folder?.listen());
    this.#width = new ElementWidthController(host, () => this.find('.place, .path'));
    this.virtual = this.#makeRows();
    this.rowHeight = new RowHeight(host, { probe: () => this.find('.probe'), rows: () => this.virtual });
    this.folder = new OpenFolder(host, {
      source: () => (this.containers.isUnchosen ? undefined : this.source),
      ordering: () => this.#ordering(),
      rows: () => this.virtual,
      isHeld: () => this.naming.isActive,
      onChange: () => {
        this.naming.end();
        this.desk.reset();
        this.tools.reset();
        this.grid.reset();
      },
    });
    this.news = new FolderNews(host, {
      localize,
      announce: this.announce,
      folder: () => this.folder.path,
      folderName: () => this.nameOfFolder(this.folder.path),
      onOpened: () => this.folder.loadMoreIfNear(),
    });
    this.questions = new Questions(host, {
      localize,
      dialog: () => this.find<HTMLDialogElement>('.question'),
      adapter: () => this.source?.adapter,
      rootName: () => this.rootName,
      folder: () => this.folder.path,
      isTaken: name => this.folder.isTaken(name),
      copyText,
    });
    this.conflicts = new ConflictController(host);
    this.containers = this.#makeContainers();
    this.family = new ContainerFamily(host, {
      adapter: () => this.source?.adapter,
      switcher: () => this.containers,
      onShow: () => void this.manager.resolve(),
      folder: () => this.folder.path,
    });
    this.menu = new Menu(host, () => this.find('.menu'));
    this.grid = this.#makeGrid();
    this.naming = new Naming({
      localize,
      field: () => this.find<HTMLInputElement>('.name-input'),
      hasFocus: field => field === host.shadowRoot?.activeElement,
      folder: () => this.folder.path,
      isTaken: name => this.folder.isTaken(name),
      isRendering: () => this.grid.isRendering,
      requestUpdate: () => host.requestUpdate(),
      onLeave: () => this.grid.claimFocus(),
    });
    this.drag = this.#makeDrag();
    this.desk = new ActionDesk(this);
    this.place = new PlaceBar(this);
    this.tools = new ActionBar(this);
    this.area = new RowArea(this);
    new PasteTargetController(host, {
      isElsewhere: () => this.naming.isActive || this.questions.isOpen || this.containers.isOpen,
      onFiles: clipboard => {
        const source = itemsFromClipboard(clipboard);
        void this.desk.run('upload', { source, to: this.folder.path }, []);
      },
    });
    new HotkeysController(host, () => this.desk.hotkeys());
    host.addController(this);
  }

  /** The storage that is shown. */
  get source(): TransferManager | undefined {
    return this.manager.manager;
  }

  /** Width of the element in pixels, as far as it has been measured. */
  get width(): number {
    return this.#width.width ?? 640;
  }

  get rootName(): string {
    const { host, containers, source, localize } = this;
    return host.label || containers.name || source?.adapter.label || localize.text('browser.root');
  }

  nameOfFolder(path: string): string {
    return displayName(nameOf(path) || this.rootName);
  }

  readonly find = <E extends HTMLElement = HTMLElement>(selector: string): E | null =>
    this.host.shadowRoot?.querySelector<E>(selector) ?? null;

  readonly announce = (text: string): void => {
    this.#announcer.announce(text);
  };

  hostDisconnected(): void {
    this.news.stop();
    this.naming.end();
  }

  #ordering(): OrderingOptions {
    const custom = Object.fromEntries(
      this.host.columns.flatMap(column =>
        typeof column === 'object' && column.compare ? [[column.id, column.compare]] : [],
      ),
    );
    return { locale: this.localize.locale, custom };
  }

  #makeRows(): VirtualRowsController {
    return new VirtualRowsController(this.host, {
      scroller: () => this.find('.grid'),
      canvas: () => this.find('.canvas'),
      block: () => this.find('.block'),
      rowCount: () => this.folder.state?.rows.length ?? 0,
      rowHeight: () => this.rowHeight.value,
      headerHeight: () => this.rowHeight.value,
      onScroll: () => {
        this.grid.onScroll();
        this.folder.loadMoreIfNear();
      },
      onResize: width => this.area.resize(width),
    });
  }

  #makeContainers(): ContainerSwitcher {
    return new ContainerSwitcher(this.host, {
      localize: this.localize,
      adapter: () => this.source?.adapter,
      readonly: () => this.host.readonly,
      dialog: () => this.find<HTMLDialogElement>('.container-dialog'),
      announce: this.announce,
      openMenu: (items, label, button) =>
        this.menu.open([items], { label, place: button, returnTo: () => button.focus() }),
      onOpen: (id, again) => this.family.switchTo(id, again),
      onLeft: id => this.family.forget(id),
      onGone: () => this.family.showNone(),
    });
  }

  #makeGrid(): GridInteraction {
    const { host } = this;
    return new GridInteraction({
      element: host,
      select: () => host.select,
      state: () => this.folder.state,
      columnCount: () => this.area.columns.length,
      virtual: this.virtual,
      typeAhead: new TypeAheadController(host),
      find: this.find,
      isFocusElsewhere: () =>
        this.naming.isActive ||
        this.place.isEditing ||
        this.menu.isOpen ||
        this.containers.isOpen ||
        this.questions.isOpen ||
        this.conflicts.hasFocus,
      requestUpdate: () => host.requestUpdate(),
      loadMoreIfNear: () => this.folder.loadMoreIfNear(),
      open: entry => void this.desk.run('open', {}, [entry]),
      goUp: () => this.folder.path !== '' && this.folder.go(parentPath(this.folder.path)),
      editPath: () => this.place.edit(),
      openFilter: () => this.tools.openFilter(true),
      clearFilter: () => this.tools.setFilter(''),
      openMenu: (entries, place) => this.desk.openMenu(entries, place),
    });
  }

  #makeDrag(): EntryDrag {
    const { host, folder } = this;
    return new EntryDrag(host, {
      folder: () => folder.path,
      canUpload: () => !host.readonly && folder.can('openUpload'),
      canMove: () => !host.readonly && folder.can('move'),
      canCopy: () => folder.can('copy'),
      entriesAt: event => this.#draggedEntries(event),
      onUpload: (source, to) => void this.desk.run('upload', { source, to }, []),
      onRelocate: (action, entries, to) => void this.desk.run(action, { to }, entries),
    });
  }

  /** A drag takes the selection along if it begins in it. */
  #draggedEntries(event: DragEvent): readonly Entry[] {
    const row = this.grid.rowAt(event);
    const { state } = this.folder;
    if (!row || !state) return [];
    return state.selection.has(row.entry.id) ? state.selected : [row.entry];
  }
}
