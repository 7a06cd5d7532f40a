import Compressor from '@uppy/compressor';
import Webcam from '@uppy/webcam';

/** Two of Uppy's plugins in front of a drop zone: one that changes files, and one that adds some. */
export async function setUpPlugins(): Promise<void> {
  const dropzone = document.querySelector('upload-dropzone')!;
  await dropzone.use(Compressor, { quality: 0.6 });

  const button = document.querySelector<HTMLButtonElement>('#open-camera')!;
  const place = document.querySelector<HTMLElement>('#camera')!;
  button.addEventListener('click', async () => {
    button.disabled = true;
    place.hidden = false;
    await dropzone.use(Webcam, { target: place, modes: ['picture'], mirror: false });
  });
}
