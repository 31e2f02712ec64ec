from journeys.models.journey import Influence, Journey, Stage, Touchpoint
from journeys.models.quarters import Quarter
from journeys.models.sources import Evidence, Indicator, IndicatorRole, Source, Target
from journeys.models.uploads import Job, Kept, Part, Preparation, Upload

__all__ = [
    "Evidence",
    "Indicator",
    "IndicatorRole",
    "Influence",
    "Job",
    "Journey",
    "Kept",
    "Part",
    "Preparation",
    "Quarter",
    "Source",
    "Stage",
    "Target",
    "Touchpoint",
    "Upload",
]
