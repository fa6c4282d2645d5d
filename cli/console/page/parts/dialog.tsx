import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

/** A question that must be answered first. The browser keeps the focus inside, and Escape closes it. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const shown = dialog.current;
    const asker = document.activeElement;
    shown?.showModal();
    return () => {
      shown?.close();
      // The browser gives the focus back only to a dialog that is still in the page.
      if (asker instanceof HTMLElement) asker.focus();
    };
  }, []);
  const cancel = (event: Event) => {
    // The page closes it: the browser would do so before the page knows.
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={dialog} aria-labelledby={id} onCancel={cancel}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
