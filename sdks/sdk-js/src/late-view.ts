// Draws codes only where somebody asks for it: the encoder is as large as a third of all the rest, and a page that has
// its own drawing does not load it.
import type { QRModel } from './qr-state.ts';
import type { QROptions, QRView } from './qr-view.ts';

export function renderLate(element: Element, read: () => QRModel | null, options: QROptions): QRView {
  let view: QRView | null = null;
  let is_loading = false;
  let is_removed = false;

  async function load(): Promise<void> {
    is_loading = true;
    try {
      const { renderQRView } = await import('./qr-view.ts');
      if (!is_removed) view = renderQRView(element, read, options);
    } finally {
      // Where the network was away, the next change of the payment tries again.
      is_loading = false;
    }
  }
  function update(): void {
    if (view !== null) view.update();
    else if (!is_loading) void load();
  }
  update();
  return {
    update,
    remove() {
      is_removed = true;
      view?.remove();
    },
  };
}
