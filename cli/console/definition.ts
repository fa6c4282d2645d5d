/** As much of a definition in the states language as a drawing shows. */
export interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Condition?: unknown; readonly Next?: string }[];
  readonly Catch?: readonly { readonly ErrorEquals?: readonly string[]; readonly Next?: string }[];
  /** Of a Map. */
  readonly ItemProcessor?: States;
}

/** Where it goes on after a state, and when. */
export interface Way {
  /** Undefined: the states end here. */
  readonly to: string | undefined;
  readonly label?: string;
}

/** Longer conditions are cut. */
const MAX_LABEL = 28;

export function waysOf(name: string, state: State): readonly Way[] {
  const { Type, Next, End, Default, Choices = [], Catch = [] } = state;
  const choices = Choices.map(({ Condition, Next: to }) => ({ to, label: conditionLabel(name, state, Condition) }));
  return [
    ...(Next === undefined ? [] : [{ to: Next }]),
    ...(End || Type === 'Succeed' || Type === 'Fail' ? [{ to: undefined }] : []),
    ...choices,
    ...(Default === undefined ? [] : [{ to: Default, label: isQuestion(name, state) ? 'no' : 'else' }]),
    ...Catch.map(({ ErrorEquals = [], Next: to }) => ({ to, label: cut(ErrorEquals.join(', ')) })),
  ];
}

function conditionLabel(name: string, state: State, condition: unknown): string {
  if (isQuestion(name, state)) return 'yes';
  const expression = typeof condition === 'string' ? condition : '';
  return cut(
    expression
      .replace(/^\{%\s*|\s*%\}$/g, '')
      .replaceAll('$states.input.', '')
      .trim(),
  );
}

/** A state with one condition whose name asks it. */
function isQuestion(name: string, { Choices = [] }: State): boolean {
  return Choices.length === 1 && name.endsWith('?');
}

function cut(text: string): string {
  return text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL - 1)}…` : text;
}
