import { useMutation } from '@tanstack/react-query';
import { useCallback, useEffect, useRef } from 'react';

export interface Outcome<Answer> {
  /** After every success, also when the component is gone by then: say what was done. */
  onDone?: (answer: Answer) => void;
  /** After `onDone`, and only while the component is still on screen: leave it. */
  onLeave?: (answer: Answer) => void;
}

export interface Act<Input> {
  readonly run: (input: Input) => void;
  readonly isPending: boolean;
  readonly error: Error | null;
  /** Differs for every attempt: the key of what says the error, so that each is said. */
  readonly submittedAt: number;
  /** True from the success on: nothing is unsaved any more. */
  readonly isDone: () => boolean;
}

/**
 * Something a person does that changes the books. Its outcome is given with the work and not with the
 * call: the callbacks of `mutate` are dropped when the component is gone before the answer is there,
 * and a list that is refreshed often takes it away.
 */
export function useAct<Input = void, Answer = unknown>(
  work: (input: Input) => Promise<Answer>,
  { onDone, onLeave }: Outcome<Answer> = {},
): Act<Input> {
  const isHere = useRef(false);
  const done = useRef(false);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  const { mutate, isPending, error, submittedAt } = useMutation({
    mutationFn: work,
    onMutate: () => {
      done.current = false;
    },
    onSuccess: (answer) => {
      done.current = true;
      onDone?.(answer);
      if (isHere.current) onLeave?.(answer);
    },
  });
  return {
    run: useCallback((input) => mutate(input), [mutate]),
    isPending,
    error,
    submittedAt,
    isDone: useCallback(() => done.current, []),
  };
}
