import type { ComponentChildren } from 'preact';

/** Asks for a customer. What is typed goes to the server alone, never into the page's address. */
export function CustomerForm({
  look,
  field,
  onSearch,
  children,
}: {
  readonly look: string;
  /** Name of the input among the children. */
  readonly field: string;
  readonly onSearch: (text: string) => void;
  readonly children: ComponentChildren;
}) {
  const submit = (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const input = event.currentTarget.elements.namedItem(field);
    const text = input instanceof HTMLInputElement ? input.value.trim() : '';
    if (text !== '') onSearch(text);
  };
  return (
    <form class={look} onSubmit={submit}>
      {children}
    </form>
  );
}
