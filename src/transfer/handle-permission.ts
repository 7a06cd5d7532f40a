type Mode = 'read' | 'readwrite';

interface AskableHandle {
  queryPermission?(options: { mode: Mode }): Promise<PermissionState>;
  requestPermission?(options: { mode: Mode }): Promise<PermissionState>;
}

/**
 * Whether a file or folder of an earlier visit may be read, or written. `mayAsk`: the person may be asked, which works
 * only inside a click or a key press. Browsers without the question give handles that need none.
 */
export async function permissionFor(
  handle: FileSystemHandle,
  mode: Mode,
  mayAsk: boolean,
): Promise<PermissionState> {
  const askable = handle as FileSystemHandle & AskableHandle;
  const now = (await askable.queryPermission?.({ mode })) ?? 'granted';
  if (now !== 'prompt' || !mayAsk || !askable.requestPermission) return now;
  // Refused without a click (SecurityError), the question can be asked again at the next one.
  return askable.requestPermission({ mode }).catch(() => 'prompt');
}
