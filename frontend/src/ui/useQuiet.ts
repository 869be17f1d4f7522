import { useIsFetching } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

const quietFor = 300;

/** True once nothing has been asked of the server for a moment: the time for what can come later. */
export function useQuiet(): boolean {
  const isAsking = useIsFetching() > 0;
  const [isQuiet, setQuiet] = useState(false);
  useEffect(() => {
    if (isAsking || isQuiet) return undefined;
    const timer = setTimeout(() => setQuiet(true), quietFor);
    return () => clearTimeout(timer);
  }, [isAsking, isQuiet]);
  return isQuiet;
}
