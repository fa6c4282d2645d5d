/** A value of one period; undefined: there is none. */
export type Point = number | undefined;

/** Tells the value of an expression for the values of its metrics in one period. */
export type Expression = (metrics: Readonly<Record<string, Point>>) => Point;

/** What an argument of a function is before it is one value: `[a, b]` is several. */
type Argument = readonly Expression[];

/**
 * The part of CloudWatch's metric math that works period by period: arithmetic, comparisons, FILL with a number, IF, and MAX of
 * a list. An operation on a missing value gives none, and so does a division by zero.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html, read 2026-11.
 *
 * @throws Error naming the function or the sign that is not known here.
 */
export function parseExpression(text: string): Expression {
  const tokens = tokensOf(text);
  let at = 0;

  function next(): string {
    return tokens[at] ?? '';
  }

  function expect(token: string): void {
    if (next() !== token) throw new Error(`The expression ${text} has '${next()}' where '${token}' should be.`);
    at += 1;
  }

  function binary(operand: () => Expression, operators: Readonly<Record<string, Operator>>): Expression {
    let left = operand();
    for (let operator = operators[next()]; operator; operator = operators[next()]) {
      at += 1;
      left = combined(left, operand(), operator);
    }
    return left;
  }

  const comparison = () => binary(sum, COMPARISONS);
  const sum = (): Expression => binary(product, { '+': (a, b) => a + b, '-': (a, b) => a - b });
  const product = (): Expression =>
    binary(primary, { '*': (a, b) => a * b, '/': (a, b) => (b === 0 ? undefined : a / b) });

  function list(end: string): Expression[] {
    const items = [comparison()];
    while (next() === ',') {
      at += 1;
      items.push(comparison());
    }
    expect(end);
    return items;
  }

  function argument(): Argument {
    if (next() !== '[') return [comparison()];
    at += 1;
    return list(']');
  }

  function call(name: string): Expression {
    const build = FUNCTIONS[name];
    if (!build) throw new Error(`The metric math function ${name} is not known here.`);
    expect('(');
    const given = [argument()];
    while (next() === ',') {
      at += 1;
      given.push(argument());
    }
    expect(')');
    return build(given);
  }

  function primary(): Expression {
    const token = next();
    at += 1;
    if (token === '(') {
      const inner = comparison();
      expect(')');
      return inner;
    }
    if (/^[\d.]+$/.test(token)) return () => Number(token);
    if (/^[A-Z]+$/.test(token)) return call(token);
    if (/^[a-z]\w*$/.test(token)) return (metrics) => metrics[token];
    throw new Error(`The expression ${text} has '${token}' where a value should be.`);
  }

  const expression = comparison();
  expect('');
  return expression;
}

function tokensOf(text: string): string[] {
  return text.match(/[A-Za-z]\w*|[\d.]+|[<>]=?|==|!=|[^\s]/g) ?? [];
}

type Operator = (a: number, b: number) => Point;

const COMPARISONS: Readonly<Record<string, Operator>> = {
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
};

function combined(left: Expression, right: Expression, operator: Operator): Expression {
  return (metrics) => {
    const [a, b] = [left(metrics), right(metrics)];
    return a === undefined || b === undefined ? undefined : operator(a, b);
  };
}

const FUNCTIONS: Readonly<Record<string, (given: readonly Argument[]) => Expression>> = {
  FILL([metric, filling]) {
    const [value, other] = [single('FILL', metric), single('FILL', filling)];
    return (metrics) => value(metrics) ?? other(metrics);
  },
  IF([condition, then, otherwise]) {
    const [test, yes, no] = [single('IF', condition), single('IF', then), single('IF', otherwise)];
    return (metrics) => {
      const holds = test(metrics);
      return holds === undefined ? undefined : (holds ? yes : no)(metrics);
    };
  },
  MAX([values, more]) {
    if (!values || values.length < 2 || more) throw new Error('MAX is known here of a list of metrics alone.');
    return (metrics) => {
      const there = values.map((value) => value(metrics)).filter((value) => value !== undefined);
      return there.length === 0 ? undefined : Math.max(...there);
    };
  },
};

function single(name: string, argument: Argument | undefined): Expression {
  const [value, other] = argument ?? [];
  if (!value || other) throw new Error(`${name} is known here with single values alone.`);
  return value;
}
