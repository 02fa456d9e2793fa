import { type RefObject, useEffect, useState } from "react";

/** The size of an element, followed while it changes. */
export function useSize(holder: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const at = holder.current;
    if (!at) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) });
    });
    observer.observe(at);
    return () => observer.disconnect();
  }, [holder]);
  return size;
}
