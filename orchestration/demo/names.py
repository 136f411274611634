"""Words of the demo region: names, streets and places.

Belongs here: word lists. Does not belong here: how common a name is (stock.py), who bears it (population.py) or how it gets misspelt
(mistakes.py).
"""


def _words(text: str) -> list[str]:
    return text.split()


GIRLS = _words("""
Aaliyah Abigail Ada Adriana Aisha Alana Alejandra Alexa Alexandra Alexis Alice Alicia Allison Alondra Alyssa Amanda Amara Amaya Amelia
Amina Amy Ana Andrea Angela Angelina Anh Anna Annabelle Aria Ariana Arianna Ashley Aubrey Audrey Aurora Autumn Ava Avery Ayanna Bailey
Beatriz Bella Bianca Brianna Brooke Brooklyn Camila Carmen Caroline Catherine Cecilia Celeste Charlotte Chloe Christina Claire Clara
Claudia Cora Daisy Daniela Danielle Delilah Destiny Diamond Diana Ebony Eden Eleanor Elena Eliana Elizabeth Ella Ellie Eloise Emilia
Emily Emma Esmeralda Esther Eva Evelyn Faith Fatima Fiona Gabriela Gabriella Genesis Gianna Giselle Gloria Grace Guadalupe Hailey Hannah
Harper Hazel Heidi Helen Hope Imani Iris Isabel Isabella Isla Ivy Jacqueline Jada Jade Jasmine Jayla Jennifer Jenna Jessica Jocelyn
Jordan Josephine Joy Julia Juliana Julie Kaitlyn Kamila Kara Karen Karina Karla Katherine Kayla Keira Kennedy Kiara Kimberly Kylie Laila
Lara Laura Lauren Layla Leah Leilani Leslie Liliana Lillian Lily Linh Lucia Lucy Luna Lydia Mackenzie Madeline Madison Maria Mariah
Mariana Marisol Maya Megan Melanie Melissa Mia Michelle Mikayla Mila Molly Morgan Mya Nadia Naomi Natalia Natalie Nevaeh Nia Nicole Nina
Noor Nora Nyla Olivia Paige Paloma Patience Penelope Peyton Phoebe Piper Precious Priya Quinn Rachel Raven Reagan Rebecca Riley Rosa
Rosalie Rose Ruby Ruth Sadie Samantha Samira Sara Sarah Savannah Scarlett Selena Serenity Shania Sienna Skylar Sofia Sophia Sophie
Stella Stephanie Summer Sydney Tamia Tatiana Taylor Teresa Thi Tiana Trinity Valentina Valeria Vanessa Veronica Victoria Violet Vivian
Wendy Willow Ximena Yaretzi Yasmin Zahra Zara Zoe Zuri
""")

BOYS = _words("""
Aaron Abdul Abraham Adam Adrian Ahmed Aiden Alan Albert Alejandro Alex Alexander Ali Amari Amir Andre Andres Andrew Angel Anthony
Antonio Arjun Armando Arthur Asher Austin Axel Barrett Beau Benjamin Bennett Blake Bradley Brandon Brayden Brian Bryan Bryce Caleb
Calvin Cameron Carlos Carson Carter Cedric Cesar Charles Chase Christian Christopher Clayton Cody Colin Colton Cooper Corey Cristian
Cyrus Dakota Damian Damon Daniel Dante Darius Darnell David Deandre Declan Demetrius Derek Desmond Devin Diego Dominic Donovan Dylan
Easton Eddie Edgar Edgardo Eduardo Edward Eli Elias Elijah Elliot Emanuel Emiliano Emmanuel Enrique Eric Esteban Ethan Evan Everett
Ezekiel Ezra Felix Fernando Finn Francisco Frank Gabriel Gavin George Gerardo Giovanni Grant Grayson Gregory Griffin Gustavo Harrison
Hassan Hector Henry Hudson Hugo Hunter Ian Ibrahim Isaac Isaiah Ismael Israel Ivan Jace Jack Jackson Jaden Jaime Jake Jalen Jamal James
Jared Jason Javier Jaxon Jayden Jeffrey Jeremiah Jeremy Jermaine Jesse Jesus Joaquin Joel John Jonah Jonathan Jorge Jose Joseph Joshua
Josiah Juan Judah Julian Julio Justin Kai Kaleb Kareem Keith Kelvin Kenneth Kevin Khalil Kingston Kyle Lamar Landon Leo Leonardo Levi
Liam Lincoln Logan Lorenzo Louis Luca Lucas Luis Luke Malachi Malcolm Malik Manuel Marco Marcus Mario Mark Marquis Martin Mason Mateo
Matthew Maurice Max Micah Michael Miguel Miles Minh Mohamed Moises Nathan Nathaniel Nicholas Nicolas Noah Nolan Omar Orlando Oscar Owen
Pablo Parker Patrick Paul Pedro Peter Phillip Preston Quentin Rafael Ramon Raul Raymond Reginald Ricardo Richard Robert Roberto Rodrigo
Roman Ryan Samir Samuel Santiago Saul Sean Sebastian Sergio Seth Silas Simon Solomon Spencer Stephen Steven Tariq Terrence Theodore
Thomas Timothy Tobias Travis Trevor Tristan Tyler Tyrone Victor Vincent Walter Wesley William Wyatt Xavier Yusuf Zachary Zion
""")

# By the group in which each is common; a child draws from its own group's list or, often, from the general one.
SURNAMES_GENERAL = _words("""
Adams Alexander Allen Anderson Andrews Armstrong Arnold Bailey Baker Barnes Bell Bennett Berry Black Bowman Boyd Bradley Brooks Brown
Bryant Burke Burns Burton Butler Campbell Carlson Carpenter Carroll Carter Chapman Clark Cole Coleman Collins Cook Cooper Cox Craig
Crawford Cunningham Daniels Davis Dean Dixon Douglas Duncan Dunn Edwards Elliott Ellis Evans Ferguson Fields Fisher Ford Foster Fowler
Fox Franklin Freeman Fuller Gardner Gibson Gilbert Gordon Graham Grant Gray Green Greene Griffin Hall Hamilton Hansen Hanson Harper
Harris Harrison Hart Harvey Hawkins Hayes Henderson Henry Hicks Hill Hoffman Holland Holmes Howard Howell Hudson Hughes Hunt Hunter
Jackson Jacobs James Jenkins Jensen Johnson Johnston Jones Jordan Kelley Kelly Kennedy King Knight Kowalski Lane Larson Lawrence Lawson
Lewis Little Long Lynch Marshall Martin Mason Matthews McCarthy McCoy McDonald Meyer Miller Mills Mitchell Montgomery Moore Morgan
Morris Morrison Murphy Murray Myers Nelson Newman Nichols Novak O'Brien O'Connor O'Neill Olson Owens Palmer Parker Patterson Payne
Perkins Perry Peters Peterson Phillips Pierce Porter Powell Price Ray Reed Reynolds Rice Richards Richardson Riley Roberts Robertson
Robinson Rogers Rose Ross Russell Ryan Sanders Schmidt Schneider Schultz Scott Shaw Simmons Simpson Sims Smith Snyder Spencer Stephens
Stevens Stewart Stone Sullivan Taylor Thomas Thompson Tucker Turner Tyler Wagner Walker Wallace Ward Warren Washington Watkins Watson
Weaver Webb Weber Webster Welch Wells West Wheeler White Williams Williamson Willis Wilson Wood Woods Wright Young Zimmerman
""")

SURNAMES_HISPANIC = _words("""
Acosta Aguilar Aguirre Alvarado Alvarez Avila Ayala Barrera Beltran Cabrera Calderon Camacho Campos Cardenas Carrillo Castaneda Castillo
Castro Cervantes Chavez Cisneros Contreras Cordova Cortez Cruz Delacruz Delgado Diaz Dominguez Duran Escobar Espinoza Estrada Fernandez
Figueroa Flores Fuentes Galindo Gallegos Galvan Garcia Garza Gomez Gonzalez Guerra Guerrero Gutierrez Guzman Hernandez Herrera Ibarra
Jimenez Juarez Lara Leon Lopez Lozano Lucero Lugo Luna Maldonado Marquez Martinez Mejia Melendez Mendez Mendoza Meza Miranda Molina
Montoya Mora Morales Moreno Munoz Navarro Nunez Ochoa Ortega Ortiz Pacheco Padilla Pena Perez Quintero Ramirez Ramos Reyes Rios Rivas
Rivera Robles Rodriguez Rojas Romero Rosales Rosario Rubio Ruiz Salas Salazar Salinas Sanchez Sandoval Santana Santiago Santos Serrano
Silva Solis Soto Suarez Tapia Torres Trevino Trujillo Valdez Valencia Vargas Vasquez Vega Velasquez Velez Villa Villanueva Villarreal
Zamora Zavala Zuniga
""")

SURNAMES_ASIAN = _words("""
Ahmed Ali Bui Chan Chang Chen Cheng Cho Choi Chowdhury Chung Dang Das Dinh Do Duong Gupta Ha Han Hassan Ho Hoang Huang Huynh Hussain
Iyer Jain Kang Kaur Khan Kim Kumar Lam Le Lee Li Lim Lin Liu Lo Lu Luong Ly Mai Mehta Moua Nair Ngo Nguyen Park Patel Pham Phan Rahman
Rao Reddy Shah Sharma Singh Song Tan Tang Thao To Tran Trinh Truong Vang Vo Vu Vue Wang Wong Wu Xiong Yang Yoon Yu Zhang Zhao
""")

# Spelt with signs that some systems drop; the plain form is in the lists above.
ACCENTED = dict(
    pair.split(":")
    for pair in _words("""
Avila:Ávila Beltran:Beltrán Calderon:Calderón Cardenas:Cárdenas Castaneda:Castañeda Chavez:Chávez Cordova:Córdova Diaz:Díaz
Duran:Durán Fernandez:Fernández Garcia:García Gomez:Gómez Gonzalez:González Hernandez:Hernández Jimenez:Jiménez Lopez:López
Marquez:Márquez Martinez:Martínez Melendez:Meléndez Mendez:Méndez Munoz:Muñoz Nunez:Núñez Pena:Peña Perez:Pérez Ramirez:Ramírez
Rios:Ríos Rodriguez:Rodríguez Sanchez:Sánchez Solis:Solís Suarez:Suárez Trevino:Treviño Valdez:Valdéz Vasquez:Vásquez Velez:Vélez
Zuniga:Zúñiga
""")
)
ODD_SURNAMES = [
    "Al-Rashid", "D'Angelo", "D'Souza", "De la Cruz", "De la Rosa", "De Leon", "Del Toro", "Fitz-Gerald", "N'Diaye", "O'Shea",
    "Saint-Louis", "San Miguel", "St. Clair", "Van Buren", "Van der Berg", "Von Braun",
]  # fmt: skip

STREETS = _words("""
Ash Aspen Bayberry Beech Birchwood Bluff Bridge Broadway Canal Cedar Center Chapel Cherry Chestnut Church Clover College Cottage Court
Creek Depot Division Elm Fairview Ferry First Forest Franklin Front Garden Grove Harbor Hawthorne Hickory High Highland Hillcrest Holly
Jefferson Juniper Lake Laurel Lincoln Linden Locust Madison Magnolia Main Maple Market Meadow Mill Mulberry Oak Orchard Park Pearl Pine
Pleasant Plum Poplar Prospect River Rosewood School Second Spring Spruce State Summit Sycamore Third Union Valley View Vine Walnut Water
Willow
""")

PLACES = _words("""
Bellamy Briar Canyon Clearwater Coral Crescent Dalton Eastgate Evergreen Fairmont Foxglove Glenwood Granite Greenfield Harvest Heron
Hilltop Ironwood Jasper Kestrel Lakeside Larkspur Liberty Longview Marigold Meadowlark Millbrook Northgate Oakridge Osprey Overlook
Pioneer Prairie Quarry Redwood Ridgeway Rockport Sandhill Silverton Southside Stonegate Sunrise Tamarack Thornbury Timberline Unity
Vista Westbrook Wildwood
""")

STREET_KINDS = _words("Street Avenue Road Drive Lane Court Place Boulevard")
