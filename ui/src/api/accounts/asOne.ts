/** Gathers questions: what is asked one by one at the same moment goes out together, in parts of at most `most`. */
export function asOne<Answer>(ask: (questions: string[]) => Promise<Answer[]>, most: number): (question: string) => Promise<Answer> {
  let waiting = new Map<string, { settled: Promise<Answer>; settle: (answers: Promise<Answer>) => void }>();
  const send = () => {
    const all = [...waiting];
    waiting = new Map();
    for (let at = 0; at < all.length; at += most) {
      const part = all.slice(at, at + most);
      const answers = ask(part.map(([question]) => question));
      part.forEach(([question, { settle }], n) => settle(answers.then((found) => answerOf(found, n, question))));
    }
  };
  return (question) => {
    const known = waiting.get(question);
    if (known) return known.settled;
    if (!waiting.size) setTimeout(send);
    let settle: (answer: Promise<Answer>) => void = () => undefined;
    const settled = new Promise<Answer>((resolve) => (settle = resolve));
    waiting.set(question, { settled, settle });
    return settled;
  };
}

function answerOf<Answer>(found: Answer[], n: number, question: string): Answer {
  const answer = found[n];
  if (answer === undefined) throw new Error(`No answer came for ${question}`);
  return answer;
}
