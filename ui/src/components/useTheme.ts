import { createContext, useContext } from "react";

export type Theme = "light" | "dark";
export type ThemeChoice = Theme | "system";

export interface ThemeState {
  /** What is shown. */
  theme: Theme;
  choice: ThemeChoice;
  choose: (choice: ThemeChoice) => void;
}

export const ThemeContext = createContext<ThemeState>({
  theme: "light",
  choice: "system",
  choose: () => undefined,
});

export const useTheme = (): ThemeState => useContext(ThemeContext);
