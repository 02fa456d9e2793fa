import { createContext, useContext } from "react";
import type { RunfoldApi } from "./client";

const ApiContext = createContext<RunfoldApi | null>(null);

export const ApiProvider = ApiContext.Provider;

export function useApi(): RunfoldApi {
  const api = useContext(ApiContext);
  if (!api) throw new Error("useApi needs an ApiProvider above it");
  return api;
}
