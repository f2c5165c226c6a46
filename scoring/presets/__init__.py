from scoring.presets.provinces import hebei_provincial, shijiazhuang_2022

__all__ = ["hebei_provincial", "shijiazhuang_2022"]
